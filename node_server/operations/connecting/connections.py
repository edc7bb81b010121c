"""Connections of a tenant: made, changed, shown and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from connectors._transport import TransportRefused
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.calling import Callers, NotReady, Target
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.calling.hosts import networks
from node_server.operations.connecting import revoking, secrets
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.store import access, clock, connections
from node_server.store.connections import Connection

_LAPSED = "reauthorise_required"
_CHANGEABLE = ("name", "environment", "credential", "settings")


def connect(house: House, tenant: str, actor: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new connection. A credential that comes with it is stored under the connection's id."""
    now = clock.stamp()
    made = Connection(
        tenant=tenant, id=body["id"], connector=body["connector"],
        name=body.get("name") or body["id"],
        environment=body.get("environment", "production"), settings=body.get("settings", {}),
        credential=None, state="new", why=None, last_ok_at=None,
        created_by=actor, created_at=now, updated_at=now,
    )  # fmt: skip
    check(house, made)
    with house.store.reading() as transaction:
        if connections.get(transaction, tenant, made.id) is not None:
            raise Refusal(409, "conflict", f"there is a connection {made.id!r} already")
    made = replace(made, credential=secrets.bring(house, actor, made, body.get("credential")))
    with house.store.writing(f"connections:{tenant}") as transaction:
        if connections.get(transaction, tenant, made.id) is not None:
            raise Refusal(409, "conflict", f"there is a connection {made.id!r} already")
        connections.add(transaction, made)
        access.note(transaction, audit_row(tenant, actor, "connected", made.id, made.connector))
    return shown(made)


def change(
    house: House, tenant: str, actor: str, connection_id: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Change what is stated. Where it leads may not change while it keeps its credential."""
    old = found(house, tenant, connection_id)
    stated = {name: body[name] for name in _CHANGEABLE if name in body and name != "credential"}
    new = replace(old, **stated, updated_at=clock.stamp())
    check(house, new)
    if "credential" in body:
        new = replace(new, credential=secrets.bring(house, actor, new, body["credential"]))
    elif new.credential and _leads(house, new) != _leads(house, old):
        raise secrets.bound(new.credential)
    if body.get("credential") or new.credential != old.credential:
        new = replace(new, state="new", why=None)
    if "settings" in body and new.state != _LAPSED:
        new = replace(new, why=None)
    with house.store.writing(f"connections:{tenant}") as transaction:
        connections.replace(transaction, new)
        detail = ", ".join(name for name in _CHANGEABLE if name in body)
        access.note(
            transaction, audit_row(tenant, actor, "connection_changed", connection_id, detail)
        )
    house.kept(Callers).forget(tenant, connection_id)
    return shown(new)


def disconnect(
    house: House, tenant: str, actor: str, connection_id: str
) -> revoking.Revoked | None:
    """Take it away, and its credential with it where no other connection uses that.

    What was sent through it, and its counterfoils, stay. What became of the consent is told where
    the other system can take it back; the connection goes in any case.
    """
    gone = found(house, tenant, connection_id)
    revoked = revoking.revoke(house, actor, gone) if gone.credential == connection_id else None
    with house.store.writing(f"connections:{tenant}") as transaction:
        connections.remove(transaction, tenant, connection_id)
        detail = str(revoked) if revoked else ""
        access.note(transaction, audit_row(tenant, actor, "disconnected", connection_id, detail))
    house.kept(Callers).forget(tenant, connection_id)
    if gone.credential == connection_id:
        secrets.drop_unused(house, tenant, actor, connection_id)
    return revoked


def get(house: House, tenant: str, connection_id: str) -> dict[str, Any]:
    """One connection, without its secrets."""
    return shown(found(house, tenant, connection_id))


def find(house: House, tenant: str, connection_id: str) -> dict[str, Any] | None:
    """One connection, if it is there."""
    with house.store.reading() as transaction:
        row = connections.get(transaction, tenant, connection_id)
    return shown(row) if row else None


def page(house: House, tenant: str, *, after: str, limit: int) -> dict[str, Any]:
    """Connections by id; the cursor is the last id."""
    with house.store.reading() as transaction:
        rows = connections.page(transaction, tenant, after=after, limit=limit + 1)
    answer: dict[str, Any] = {"data": [shown(row) for row in rows[:limit]]}
    answer["has_more"] = len(rows) > limit
    return answer | ({"next_cursor": rows[limit - 1].id} if len(rows) > limit else {})


def found(house: House, tenant: str, connection_id: str) -> Connection:
    """The connection of an id; a refusal where there is none."""
    with house.store.reading() as transaction:
        row = connections.get(transaction, tenant, connection_id)
    if row is None:
        raise Refusal(404, "not_found", f"there is no connection {connection_id[:60]!r}")
    return row


def shown(row: Connection) -> dict[str, Any]:
    """A connection as callers see it."""
    hidden = ("tenant",)
    said = {n: getattr(row, n) for n in Connection.__dataclass_fields__ if n not in hidden}
    return {name: value for name, value in said.items() if value is not None}


def _leads(house: House, row: Connection) -> tuple[object, ...]:
    return secrets.leads(target_of(house, row))


def check(house: House, row: Connection) -> None:
    """Refuse what could never work, or may not be: names, hosts, networks, all places at once."""
    target = target_of(house, row)
    faults = [*_variable_faults(target), *_network_faults(house, row)]
    own = {"base_url", FILES} & set(row.settings)
    if row.environment == "test" and not own:
        faults.append(("settings.base_url", "a test connection names the address of its simulator"))
    if not faults:
        faults = list(_address_faults(target))
    if faults:
        errors = [{"path": p, "code": "body_invalid", "message": m} for p, m in faults]
        raise Refusal(422, "body_invalid", f"{faults[0][0]}: {faults[0][1]}", errors=errors)


def _variable_faults(target: Target) -> list[tuple[str, str]]:
    faults = []
    known = target.known_variables()
    for name, value in target.connection.settings.get("variables", {}).items():
        if name not in known:
            names = ", ".join(known) or "none"
            faults.append((f"settings.variables.{name[:60]}", f"no such variable; use {names}"))
        elif not target.fits(name, value):
            example = known[name].get("example", known[name].get("pattern", ""))
            message = f"{value[:40]!r} does not fit; such as {example}"
            faults.append((f"settings.variables.{name}", message))
    return faults


def _network_faults(house: House, row: Connection) -> list[tuple[str, str]]:
    allowed = house.settings.allow_private_targets
    faults = []
    for each in row.settings.get("allow_private", ()):
        try:
            ip_network(each)
        except ValueError:
            faults.append(("settings.allow_private", f"{each!r} is no network; write 10.2.0.0/16"))
            continue
        if not networks([each], allowed):
            message = f"{each} is not among the operator's allow_private_targets"
            faults.append(("settings.allow_private", message))
    if row.settings.get("allow_http") and not house.settings.allow_http_targets:
        faults.append(("settings.allow_http", "the operator has not set allow_http_targets"))
    return faults


def _address_faults(target: Target) -> list[tuple[str, str]]:
    """Only where all is said: some variables come with the consent."""
    try:
        target.check_addresses()
    except TransportRefused as error:
        return [("settings", error.message)]
    except NotReady as error:
        return [("settings", error.message + (f"; {error.hint}" if error.hint else ""))]
    return []
