"""TLS as a session uses it: certificates checked, TLS 1.2 or newer, a client certificate if any."""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from connectors._transport.attempt import TimedTlsSocket
from connectors._transport.errors import TransportRefused


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Who we are before a server that asks: PEM texts."""

    certificate: str
    key: str = field(repr=False)
    passphrase: str = field(default="", repr=False)


def make_context(authorities: str, client: ClientCertificate | None) -> ssl.SSLContext:
    """A context that believes the usual authorities and the ones given."""
    if not authorities and client is None:
        return _usual_context()
    context = _new_context()
    try:
        if authorities:
            context.load_verify_locations(cadata=authorities)
        if client is not None:
            _load(context, client)
    except (ssl.SSLError, ValueError) as error:
        message = "a certificate or key that cannot be used; give PEM texts that belong together"
        raise TransportRefused("certificate", message) from error
    return context


def _new_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TimedTlsSocket
    return context


_usual_context = cache(_new_context)
"""One for all sessions that need nothing special: reading the authorities takes 15 ms."""


def _load(context: ssl.SSLContext, client: ClientCertificate) -> None:
    """The library reads keys from files alone: one that only we can read, for that moment."""
    handle, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="ascii", errors="replace") as file:
            file.write(f"{client.certificate}\n{client.key}\n")
        context.load_cert_chain(name, password=client.passphrase)
    finally:
        Path(name).unlink()
