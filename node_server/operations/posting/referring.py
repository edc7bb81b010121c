"""What a document refers to in the target: ids that earlier effects have brought back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from canonical_model.documents import AnyDocument
from node_server.store import counterfoils
from node_server.store.counterfoils import Row

_SIDES = ("seller", "buyer", "payer", "payee", "supplier", "counterparty")
_CREATED = frozenset({"create"})


def made_there(
    connection: Connection, tenant: str, connection_id: str, record_id: str
) -> Row | None:
    """The effect that makes, or has made, a record on a connection; the latest that counts."""
    rows = counterfoils.of_record(connection, tenant, record_id, connection_id)
    created = [row for row in rows if row["action"] in _CREATED]
    confirmed = [row for row in created if row["state"] == "confirmed"]
    known = confirmed or created
    return known[-1] if known else None


def named_records(document: AnyDocument) -> list[str]:
    """Records that a document names as what it settles or follows, each once."""
    return list(dict.fromkeys(ref.id for ref in _refs(document) if ref.id))


def _refs(document: AnyDocument) -> Iterator[Any]:
    for allocation in getattr(document, "allocations", ()):
        if allocation.target is not None:
            yield allocation.target


def with_target_ids(
    document: AnyDocument, ids: dict[str, str], master_of: dict[str, str]
) -> AnyDocument:
    """The document with the target's ids in place of ours.

    `ids` are those of records that it names, `master_of` those of parties by their record.
    """
    if ids:
        document = _settling(document, ids)
    for id_ in master_of.values():
        document = _with_party(document, id_)
    return document


def _settling(document: AnyDocument, ids: dict[str, str]) -> AnyDocument:
    allocations = getattr(document, "allocations", ())
    if not allocations:
        return document
    changed = [
        structs.replace(each, target=structs.replace(each.target, id=ids[each.target.id]))
        if each.target is not None and each.target.id in ids
        else each
        for each in allocations
    ]
    return structs.replace(document, allocations=changed)


def _with_party(document: AnyDocument, master_id: str) -> AnyDocument:
    """The other side gets the id of the party that was made for it there."""
    name = _other_side(document)
    party = getattr(document, name, None) if name else None
    if name is None or party is None:
        return document
    changed = structs.replace(party, master_id=master_id)
    return structs.replace(document, **{name: changed})


def _other_side(document: AnyDocument) -> str | None:
    direction = getattr(document, "direction", None)
    preferred = {"receivable": "buyer", "in": "payer", "out": "payee"}.get(direction or "")
    known = [name for name in _SIDES if getattr(document, name, None) is not None]
    if preferred in known:
        return preferred
    return known[0] if known else None
