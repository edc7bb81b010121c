"""Requests out of a manifest's calls: addresses, parameters, headers and bodies filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors._codecs import json_tree
from connectors._transport import Request
from connectors._transport.picking import pick
from node_server.operations.calling.errors import NotReady
from node_server.operations.calling.filling import (
    Lookup,
    fill,
    fill_encoded,
    fill_parameter,
    fill_path,
    fill_tree,
)
from node_server.operations.calling.target import Target


class Composer:
    """Makes requests for one target; `public` gives a public part of its credential."""

    def __init__(self, target: Target, public: Callable[[str], str]) -> None:
        self._target = target
        self._public = public
        # QuickBooks escapes a quote in its queries by a backslash; all others double it.
        self._backslash = b'"qbo_query"' in json_tree.write(target.connector.manifest)

    def request(
        self, spec: Mapping[str, Any], values: Mapping[str, Any], *, body: bytes, payload: Any
    ) -> Request:
        """The request of a call, without what lets it in."""
        lookup = self._lookup(values, payload)
        if not body and "body" in spec:
            body = json_tree.write(fill_tree(spec["body"], lookup, backslash=self._backslash))
        method = spec.get("method", "POST" if body else "GET")
        url = self._target.base_url + fill_path(spec["path"], lookup)
        made = Request(method, url, self._headers(spec, lookup, has_body=bool(body)), body)
        return made.with_params(self._params(spec, lookup))

    def _headers(
        self, spec: Mapping[str, Any], lookup: Lookup, *, has_body: bool
    ) -> dict[str, str]:
        stated = {**self._target.api.get("headers", {}), **spec.get("headers", {})}
        headers = {name: fill(text, lookup) for name, text in stated.items()}
        named = {name.lower() for name in headers}
        if has_body and ("content_type" in spec or "content-type" not in named):
            headers = {n: v for n, v in headers.items() if n.lower() != "content-type"}
            headers["Content-Type"] = spec.get("content_type", "application/json")
        return headers

    def _params(self, spec: Mapping[str, Any], lookup: Lookup) -> dict[str, str]:
        stated = {**self._target.api.get("query", {}), **spec.get("params", {})}
        encoded = spec.get("encode", {})
        return {
            name: fill_encoded(text, lookup)
            if name in encoded
            else fill_parameter(text, lookup, backslash=self._backslash)
            for name, text in stated.items()
        }

    def _lookup(self, values: Mapping[str, Any], payload: Any) -> Lookup:
        def found(name: str) -> Any:
            if name in values:
                return values[name]
            if name.startswith("field:"):
                return _field(payload, name.removeprefix("field:"))
            if name.startswith("credential."):
                return self._public(name.removeprefix("credential."))
            return self._target.variable(name)

        return found


def _field(payload: Any, path: str) -> Any:
    value = pick(payload, path)
    if value is None:
        raise NotReady(f"the payload has nothing at {path[:80]!r}")
    return value
