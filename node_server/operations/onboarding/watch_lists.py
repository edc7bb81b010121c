"""Watch lists that a tenant brings: everybody is looked up in a new one by and by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from node_server.auth import Principal
from node_server.envelope import page_of
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.operations.watch_list_text import entries_of
from node_server.store import access, clock, traces, watch_lists

_MOST: Final = 50


def put(house: House, who: Principal, name: str, data: bytes) -> dict[str, Any]:
    """Keep a list in place of the one of its name; all of it must be readable."""
    entries = sum(1 for _ in entries_of(data, name))
    if not entries:
        hint = "give targets.simple.csv or entities.ftm.json of OpenSanctions"
        raise Refusal(422, "body_invalid", f"{name}: nobody is on this list", hint=hint)
    sha256, now = hashlib.sha256(data).hexdigest(), clock.stamp()
    row = {"tenant": who.tenant, "name": name, "raw_sha256": sha256, "entries": entries,
           "read_up_to": 0, "loaded_by": who.id, "loaded_at": now}  # fmt: skip
    with house.store.writing(f"{who.tenant}:watch-lists") as connection:
        known = {each["name"] for each in watch_lists.of_tenant(connection, who.tenant)}
        if name not in known and len(known) >= _MOST:
            raise Refusal(409, "conflict", f"a tenant has at most {_MOST} watch lists")
        traces.keep_raw(connection, who.tenant, sha256, data, mime=None, filename=name, at=now)
        watch_lists.put(connection, row)
        detail = f"{entries} entries"
        access.note(connection, audit_row(who.tenant, who.id, "watch_list_put", name, detail))
    return _shown(row)


def show_all(house: House, tenant: str) -> dict[str, Any]:
    """The lists of a tenant."""
    with house.store.reading() as connection:
        rows = watch_lists.of_tenant(connection, tenant)
    return page_of([_shown(row) for row in rows], len(rows), None)


def remove(house: House, who: Principal, name: str) -> None:
    """Forget a list; what it has held stays held until it is screened again."""
    with house.store.writing(f"{who.tenant}:watch-lists") as connection:
        if not watch_lists.remove(connection, who.tenant, name):
            raise Refusal(404, "not_found", "there is no such watch list")
        access.note(connection, audit_row(who.tenant, who.id, "watch_list_removed", name))


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "entries": row["entries"],
        "sha256": row["raw_sha256"],
        "loaded_by": row["loaded_by"],
        "loaded_at": row["loaded_at"],
        "screened": row["read_up_to"] == watch_lists.ALL_READ,
    }
