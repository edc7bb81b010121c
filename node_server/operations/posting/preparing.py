"""The request of an effect: rendered once, stored, and from then on sent as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import connectors
from canonical_model.documents import AnyDocument
from connectors._codecs import json_tree
from connectors._transport import Request
from connectors.errors import CodecError
from node_server.operations.calling import Caller
from node_server.operations.house import House
from node_server.operations.posting.effects import Effect, id_there, operation_of
from node_server.operations.posting.marking import put_key, put_mark

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What will be sent, without what lets it in, and what of the document it cannot say."""

    request: Request
    issues: list[Any]

    def columns(self) -> dict[str, Any]:
        """As the counterfoil keeps it."""
        return {
            "method": self.request.method,
            "url": self.request.url,
            "headers": json_tree.write(dict(self.request.headers)).decode(),
            "body": self.request.body,
        }


def request_of(row: Mapping[str, Any]) -> Request:
    """The request that a counterfoil keeps."""
    headers = json_tree.decode(row["headers"].encode()).units[0]
    return Request(row["method"], row["url"], headers, row["body"])


def tree_of(body: bytes) -> Any:
    """The payload as a tree, to look into it; nothing where it is not JSON."""
    try:
        return json_tree.decode(body).units[0] if body else None
    except CodecError:
        return None


def prepare(
    house: House,
    caller: Caller,
    effect: Effect,
    document: AnyDocument,
    values: Mapping[str, Any],
) -> Prepared:
    """Render the document and put key and mark in their places.

    `values` are the target's id and version of the record, where it is there already.
    """
    spec = operation_of(caller.connector, effect.resource, effect.action)
    if "id" in values:
        values = {**values, "id": id_there(caller.connector, effect.resource, values["id"])}
    if "body" in spec or effect.action not in ("create", "update"):
        return _bare(caller, effect, spec, values)
    overlay = house.overlay_of(caller.connection.tenant)
    made = connectors.render([document], caller.connector.name, effect.resource, overlay=overlay)
    if made.mime != _JSON:
        spec = {"content_type": made.mime, **spec}
        return Prepared(_composed(caller, effect, spec, values, made.payload, None), made.issues)
    tree = tree_of(made.payload)
    put_mark(effect.key, spec.get("idempotency", {}).get("marker"), tree)
    request = _composed(caller, effect, spec, values, b"", tree)
    return Prepared(request, made.issues)


def _bare(
    caller: Caller, effect: Effect, spec: Mapping[str, Any], values: Mapping[str, Any]
) -> Prepared:
    """A call whose body is the manifest's, or that has none."""
    places = put_key(effect.key, spec.get("idempotency", {}).get("key"), {})
    request = caller.request(spec, {**values, **places.values})
    request = request.with_headers(places.headers).with_params(places.params)
    return Prepared(request, [])


def _composed(
    caller: Caller,
    effect: Effect,
    spec: Mapping[str, Any],
    values: Mapping[str, Any],
    payload: bytes,
    tree: Any,
) -> Request:
    places = put_key(effect.key, spec.get("idempotency", {}).get("key"), tree)
    if tree is not None:
        whole = {spec["wrap"]: tree} if "wrap" in spec else tree
        payload = json_tree.write(whole)
    given = {**values, **places.values}
    request = caller.request(spec, given, body=payload, payload=tree)
    request = request.with_headers(places.headers)
    return replace(request.with_params(places.params), body=payload)
