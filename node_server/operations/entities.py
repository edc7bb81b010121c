"""A tenant's own legal entities: what tells payable from receivable by itself."""

from __future__ import annotations

import json
import time
from typing import Any

from canonical_model.envelope import Context
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.store import access, clock

_MOST = 200
_BELIEVED_SECONDS = 2.0


def context_of(
    house: House, tenant: str, *, entity: str | None = None, own_ids: tuple[str, ...] = ()
) -> Context:
    """What keys need: what the caller says, over what is kept of the tenant."""
    known = _known(house, tenant)
    if entity is not None:
        return Context(tenant=tenant, entity=entity, own_ids=own_ids or known.get(entity, ()))
    if len(known) == 1 and not own_ids:
        only, ids = next(iter(known.items()))
        return Context(tenant=tenant, entity=only, own_ids=ids)
    return Context(tenant=tenant, own_ids=own_ids, entities=known)


def _known(house: House, tenant: str) -> dict[str, tuple[str, ...]]:
    """The identifiers of each entity; believed for a moment, since every payload asks."""
    now = time.monotonic()
    kept = house.entities.get(tenant)
    if kept is not None and kept[0] > now:
        return kept[1]
    with house.store.reading() as connection:
        rows = access.entity_rows(connection, tenant)
    found = {row["id"]: (row["id"], *json.loads(row["own_ids"])) for row in rows}
    house.entities[tenant] = (now + _BELIEVED_SECONDS, found)
    return found


def list_entities(house: House, tenant: str) -> list[dict[str, Any]]:
    """The tenant's entities with their identifiers."""
    with house.store.reading() as connection:
        return [_shown(row) for row in access.entity_rows(connection, tenant)]


def put_entity(house: House, tenant: str, entity_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Keep an entity; its documents are told by its identifiers from now on."""
    row = {
        "tenant": tenant,
        "id": entity_id,
        "name": body.get("name"),
        "own_ids": json.dumps(body["own_ids"]),
        "created_at": clock.stamp(),
    }
    with house.store.writing(f"entities:{tenant}") as connection:
        if len(access.entity_rows(connection, tenant)) >= _MOST:
            raise Refusal(409, "conflict", f"a tenant has at most {_MOST} entities")
        access.put_entity(connection, row)
    house.entities.pop(tenant, None)
    return _shown(row)


def remove_entity(house: House, tenant: str, entity_id: str) -> None:
    """Forget an entity; documents that name it stay as they are."""
    with house.store.writing() as connection:
        if not access.remove_entity(connection, tenant, entity_id):
            raise Refusal(404, "not_found", "there is no such entity")
    house.entities.pop(tenant, None)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    shown = {"id": row["id"], "own_ids": json.loads(row["own_ids"])}
    return shown | ({"name": row["name"]} if row["name"] else {})
