"""A webhook comes in: nothing is believed before its signature, nothing is done before the answer.

The raw body is checked by the manifest's scheme, split into events, and each is kept under its id,
so that one that comes again changes nothing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connectors import write_json
from connectors._transport import Delivery, Keys, SignatureRefused, verify
from connectors._transport.picking import pick, pick_all
from credentials import CredentialError
from node_server.errors import Refusal
from node_server.logs import log
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.operations.receiving.exact import DECODER
from node_server.operations.vault import vault_of
from node_server.store import clock, connections, inbound
from node_server.store.connections import Connection

ACTOR: Final = "hook"
_MOST_EVENTS: Final = 1000
_HOME: Final = "default"
_SECRETS: Final = ("webhook_secret", "previous_webhook_secret")
_PUBLIC_KEYS: Final = ("webhook_public_key", "previous_webhook_public_key")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A webhook as it came."""

    connection: str
    """The id of the connection, after that of its tenant and a colon where it has one."""
    given: Mapping[str, Any]
    headers: Mapping[str, str]
    body: bytes
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the sender is told."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"


def path_of(tenant: str, connection_id: str) -> str:
    """Where a system is to send what concerns a connection."""
    return f"/v1/hooks/{connection_id if tenant == _HOME else f'{tenant}:{connection_id}'}"


def receive(house: House, arrived: Arrived) -> Answered:
    """Prove it, keep its events, answer."""
    row, spec = _expected(house, arrived.connection)
    greeting = _greeting(spec, arrived)
    if greeting is not None:
        return greeting
    try:
        _prove(house, row, spec, arrived)
    except SignatureRefused as error:
        log().warning("hook_refused", tenant=row.tenant, connection=row.id, why=error.code)
        raise _refused(spec) from None
    kept, known = _keep(house, row, spec, arrived)
    return Answered(200, msgspec.json.encode({"received": kept, "duplicates": known}))


def _expected(house: House, name: str) -> tuple[Connection, Mapping[str, Any]]:
    """The connection and what its manifest says of webhooks. Strangers learn nothing more."""
    tenant, mark, connection_id = name.rpartition(":")
    with house.store.reading() as transaction:
        row = connections.get(transaction, tenant if mark else _HOME, connection_id)
    spec = target_of(house, row).connector.manifest.get("webhooks") if row else None
    if row is None or spec is None:
        raise Refusal(404, "not_found", "nothing is expected here")
    return row, spec


def _greeting(spec: Mapping[str, Any], arrived: Arrived) -> Answered | None:
    """The answer to a system that asks whether we are there; nothing is proven or kept by it."""
    handshake = spec.get("handshake", {})
    if handshake.get("kind") == "echo_parameter":
        token = arrived.given.get(handshake["parameter"])
        if token is not None:
            return Answered(200, str(token).encode()[:2000], "text/plain; charset=utf-8")
    return None


def _prove(house: House, row: Connection, spec: Mapping[str, Any], arrived: Arrived) -> None:
    address = house.settings.address + path_of(row.tenant, row.id)
    delivery = Delivery("POST", address, arrived.headers, arrived.body)
    unsigned = bool(row.settings.get("allow_unsigned_hooks"))
    keys = house.kept(HookKeys).of(row)
    verify(spec["signature"], delivery, keys, now=int(time.time()), allow_unsigned=unsigned)


def _refused(spec: Mapping[str, Any]) -> Refusal:
    status = spec.get("reject_status", 401)
    return Refusal(status, "signature_refused", "this was not shown to come from the system")


class HookKeys:
    """Keys of webhooks, believed for a moment: an answer is to be quick, a reading is audited."""

    _SECONDS: Final = 60.0

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[tuple[str, str], tuple[float, str, Keys]] = {}

    def of(self, row: Connection) -> Keys:
        """What the signatures of a connection are checked with; anew when it was changed."""
        until, version, keys = self._known.get((row.tenant, row.id), (0.0, "", Keys()))
        if version != row.updated_at or until < time.monotonic():
            keys = _keys(self._house, row)
            until = time.monotonic() + self._SECONDS
            self._known[row.tenant, row.id] = (until, row.updated_at, keys)
        return keys


def _keys(house: House, row: Connection) -> Keys:
    if row.credential is None:
        return Keys()
    try:
        found = vault_of(house, row.tenant, ACTOR).get(row.credential, purpose=f"hook {row.id}")
    except CredentialError as error:
        raise SignatureRefused("no_key", str(error)) from error
    parts = {**found.public, **found.reveal()}
    return Keys(
        tuple(parts[name] for name in _SECRETS if parts.get(name)),
        tuple(parts[name] for name in _PUBLIC_KEYS if parts.get(name)),
    )


def _keep(
    house: House, row: Connection, spec: Mapping[str, Any], arrived: Arrived
) -> tuple[int, int]:
    events = _events(spec, arrived.body)
    rows = [_row(row, spec, arrived, event) for event in events]
    if len(rows) > 1 and "event_id_header" in spec:
        # One id for all that came at once tells none of them apart.
        for number, each in enumerate(rows):
            each["event_id"] += f"#{number}"
    with house.store.writing(durable=True) as transaction:
        new = sum(inbound.add(transaction, each) for each in rows)
    return new, len(rows) - new


def _events(spec: Mapping[str, Any], body: bytes) -> list[Any]:
    if not body.strip():
        return []
    try:
        tree = DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "body_unreadable", "the signed body is no JSON") from None
    path = spec.get("events", "")
    found = pick_all(tree, f"{path}[*]") if path else tree if isinstance(tree, list) else [tree]
    if len(found) > _MOST_EVENTS:
        raise Refusal(413, "body_too_large", f"more than {_MOST_EVENTS} events at once")
    return found


def _row(row: Connection, spec: Mapping[str, Any], arrived: Arrived, event: Any) -> dict[str, Any]:
    now = clock.stamp()
    body = write_json(event)
    return {
        "tenant": row.tenant,
        "connection_id": row.id,
        "event_id": _event_id(spec, arrived, event, body),
        "topic": _topic(spec, arrived, event),
        "state": "pending",
        "body": body,
        "due_at": now,
        "at": now,
    }


def _event_id(spec: Mapping[str, Any], arrived: Arrived, event: Any, body: bytes) -> str:
    """Its own id; else a hash of it: the same words are the same event."""
    named = _header(arrived, spec.get("event_id_header"))
    stated = named or (pick(event, spec["event_id"]) if "event_id" in spec else None)
    return str(stated)[:200] if stated is not None else f"sha256:{hashlib.sha256(body).hexdigest()}"


def _topic(spec: Mapping[str, Any], arrived: Arrived, event: Any) -> str | None:
    stated = _header(arrived, spec.get("event_type_header"))
    for name in ("event_type", "object_type"):
        if stated is None and name in spec:
            stated = pick(event, spec[name])
    return None if stated is None else str(stated)[:200]


def _header(arrived: Arrived, name: str | None) -> str | None:
    return arrived.headers.get(name) if name else None
