"""A span for each request, sent to an OpenTelemetry collector where one is configured."""

from __future__ import annotations

from typing import Any, Protocol

from node_server.config import Settings
from node_server.tracing import Trace, join


class Span(Protocol):
    """What is open while a request is answered."""

    def end(self, name: str, method: str, status: int) -> None:
        """Say what it was and what came of it."""


class Spans(Protocol):
    """Opens spans."""

    def begin(self, header: str | None) -> tuple[Trace, Span]:
        """Our part in the caller's trace, and its span."""


class _Unsent:
    """Trace ids without a collector."""

    def begin(self, header: str | None) -> tuple[Trace, Span]:
        return join(header), self

    def end(self, name: str, method: str, status: int) -> None:
        """Nobody is told."""


class _Open:
    """A span of OpenTelemetry."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def end(self, name: str, method: str, status: int) -> None:
        self._span.update_name(f"{method} {name}")
        self._span.set_attribute("http.request.method", method)
        self._span.set_attribute("http.response.status_code", status)
        self._span.end()


class _Sent:
    """Spans that a collector is told of, in the background."""

    def __init__(self, tracer: Any, reader: Any) -> None:
        self._tracer = tracer
        self._reader = reader

    def begin(self, header: str | None) -> tuple[Trace, Span]:
        context = self._reader.extract({"traceparent": header} if header else {})
        span = self._tracer.start_span("request", context=context)
        told = span.get_span_context()
        return Trace(f"{told.trace_id:032x}", f"{told.span_id:016x}"), _Open(span)


def make_spans(settings: Settings) -> Spans:
    """Spans for the collector that is configured, or none."""
    if not settings.otel_endpoint:
        return _Unsent()
    # Late: the packages are an extra, `counterfoil[otel]`.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    provider = TracerProvider(resource=Resource.create({"service.name": "counterfoil"}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.otel_endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return _Sent(provider.get_tracer("counterfoil"), TraceContextTextMapPropagator())
