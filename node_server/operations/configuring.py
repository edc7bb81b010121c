"""Settings of controls, version by version: proposed by one person, put in force by another."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import msgspec
from msgspec.structs import fields as fields_of
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.base.scalars import Part
from canonical_model.identity import canonical_json
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.control_settings import SHAPES, in_force
from node_server.operations.controlling.asking import settings_from
from node_server.operations.governing.persons import people
from node_server.operations.house import House
from node_server.store import access, clock, control_settings
from node_server.store.control_settings import ACTIVE, PROPOSED, REJECTED, SUPERSEDED, Row


def overview(house: House, tenant: str) -> dict[str, Any]:
    """What is in force of each control, and what waits for a second person."""
    with house.store.reading() as connection:
        data = [_standing(connection, tenant, name) for name in SHAPES]
    return {"data": data, "has_more": False}


def get(house: House, tenant: str, name: str) -> dict[str, Any]:
    """Settings of one control, and every version that was proposed."""
    _shape(name)
    with house.store.reading() as connection:
        rows = control_settings.versions(connection, tenant, name)
        return _standing(connection, tenant, name) | {"versions": [_shown(row) for row in rows]}


def propose(
    house: House, who: Principal, name: str, tree: Any, why: str | None = None
) -> tuple[dict[str, Any], bool]:
    """A version as it is proposed, and whether it is new; nothing is judged by it yet."""
    settings = settings_from(tree, _shape(name))
    body = msgspec.json.encode(wire.to_plain(settings)).decode()
    with house.store.writing(_lock(who.tenant, name)) as connection:
        for row in control_settings.versions(connection, who.tenant, name):
            if row["state"] == PROPOSED and row["hash"] == _hash(body):
                return _shown(row), False
        return _shown(_added(connection, who, name, body, why)), True


def activate(
    house: House, who: Principal, name: str, version: str, reason: str | None = None
) -> dict[str, Any]:
    """Put a proposal in force; never by whoever proposed it."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        row = _proposal(connection, who.tenant, name, version)
        if _is_own(connection, who, row):
            hint = "let somebody else activate it, with a key of their own"
            why = "whoever proposed it does not activate it"
            raise Refusal(409, "step_refused", why, hint=hint)
        old = control_settings.active(connection, who.tenant, name)
        if old is not None:
            control_settings.change(connection, who.tenant, name, old["version"], state=SUPERSEDED)
        return _decided(connection, who, row, ACTIVE, reason)


def reject(house: House, who: Principal, name: str, version: str, reason: str) -> dict[str, Any]:
    """Turn a proposal down; whoever proposed it may take it back in the same way."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        row = _proposal(connection, who.tenant, name, version)
        return _decided(connection, who, row, REJECTED, reason)


def roll_back(house: House, who: Principal, name: str, version: str, why: str) -> dict[str, Any]:
    """Propose an earlier version again; 0 are the usual settings. A second person activates it."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        if version == "0":
            _shape(name)
            return _shown(_added(connection, who, name, "{}", why))
        row = _found(connection, who.tenant, name, version)
        if row["state"] != SUPERSEDED:
            message = f"version {row['version']} is {row['state']}; it was not in force before"
            raise Refusal(409, "step_refused", message, hint="roll back to one that was")
        return _shown(_added(connection, who, name, row["body"], why))


def _is_own(connection: Connection, who: Principal, row: Row) -> bool:
    """Whether one person proposes and activates, as the directory names people now: a proposal
    must not make two people of one."""
    return people(connection, who.tenant).same(who, row["proposed_by"])


def _added(connection: Connection, who: Principal, name: str, body: str, why: str | None) -> Row:
    row: Row = {
        "tenant": who.tenant,
        "name": name,
        "version": control_settings.newest(connection, who.tenant, name) + 1,
        "state": PROPOSED,
        "body": body,
        "hash": _hash(body),
        "why": why,
        "proposed_by": who.id,
        "proposed_at": clock.stamp(),
    }
    control_settings.add(connection, row)
    _note(connection, who, "control_settings_proposed", row, why)
    return row


def _decided(
    connection: Connection, who: Principal, row: Row, state: str, reason: str | None
) -> dict[str, Any]:
    changes = {"state": state, "decided_by": who.id, "decided_at": clock.stamp(), "reason": reason}
    control_settings.change(connection, who.tenant, row["name"], row["version"], **changes)
    done = {ACTIVE: "activated", REJECTED: "rejected"}[state]
    _note(connection, who, f"control_settings_{done}", row, reason)
    return _shown(row | changes)


def _note(
    connection: Connection, who: Principal, action: str, row: Row, detail: str | None
) -> None:
    about = f"{row['name']}/{row['version']}"
    said = row["hash"] + (f": {detail}" if detail else "")
    access.note(connection, audit_row(who.tenant, who.id, action, about, said))


def _shape(name: str) -> type[Part]:
    if name not in SHAPES:
        hint = f"there are settings of {', '.join(SHAPES)}"
        raise Refusal(404, "not_found", f"no control is called {name[:60]!r}", hint=hint)
    return SHAPES[name]


def _proposal(connection: Connection, tenant: str, name: str, version: str) -> Row:
    row = _found(connection, tenant, name, version)
    if row["state"] != PROPOSED:
        message = f"version {version} is {row['state']}; only what is proposed can be decided on"
        raise Refusal(409, "step_refused", message)
    return row


def _found(connection: Connection, tenant: str, name: str, version: str) -> Row:
    _shape(name)
    known = version.isascii() and version.isdecimal() and len(version) < 10
    row = control_settings.get(connection, tenant, name, int(version)) if known else None
    if row is None:
        raise Refusal(404, "not_found", "there is no such version")
    return row


def _standing(connection: Connection, tenant: str, name: str) -> dict[str, Any]:
    row = control_settings.active(connection, tenant, name)
    proposed = [
        each["version"]
        for each in control_settings.versions(connection, tenant, name)
        if each["state"] == PROPOSED
    ]
    settings = in_force(connection, tenant, name, SHAPES[name])
    return {
        "name": name,
        "version": row["version"] if row else 0,
        "settings": _whole(settings),
        "proposed": proposed,
    }


def _whole(settings: Part) -> dict[str, Any]:
    """All that settings say, what is usual included."""
    fields: Any = {each.encode_name: getattr(settings, each.name) for each in fields_of(settings)}
    stated = {name: value for name, value in fields.items() if value is not None}
    plain: dict[str, Any] = wire.to_plain(cast(Part, stated))
    return plain


def _shown(row: Row) -> dict[str, Any]:
    hidden = ("tenant", "body")
    shown = {name: value for name, value in row.items() if name not in hidden}
    shown |= {"settings": msgspec.json.decode(row["body"])}
    return {name: value for name, value in shown.items() if value is not None}


def _hash(body: str) -> str:
    tree = canonical_json(msgspec.json.decode(body))
    return f"sha256:{hashlib.sha256(tree).hexdigest()}"


def _lock(tenant: str, name: str) -> str:
    return f"{tenant}:control-settings:{name}"
