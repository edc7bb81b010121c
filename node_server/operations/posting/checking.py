"""What the target would say to a document, before it is sent: each answer with its age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from canonical_model.documents import AnyDocument
from node_server.errors import Refusal
from node_server.operations.calling import open_caller
from node_server.operations.crosswalking import masters, resolving
from node_server.operations.crosswalking.naming import KINDS
from node_server.operations.crosswalking.translating import translated
from node_server.operations.house import House
from node_server.operations.posting.holds import closed_period
from node_server.store import clock, crosswalks, records
from node_server.store.records import Stored


@dataclass(frozen=True, slots=True)
class Checked:
    """One answer. `ok` is None where nothing is known."""

    check: str
    ok: bool | None
    message: str
    as_of: str


@dataclass(frozen=True, slots=True)
class _List:
    """The target's own list of a kind: labels by id, and how old it is."""

    labels: dict[str, str]
    as_of: str

    @classmethod
    def of(cls, rows: list[dict[str, Any]]) -> _List:
        labels = {row["target"]: row["label"] for row in rows}
        return cls(labels, max(row["pulled_at"] for row in rows))


def check(
    house: House, tenant: str, connection_id: str, document_id: str, *, live: bool = False
) -> dict[str, Any]:
    """Whether a document would be taken, as far as can be known without sending it.

    With `live` the target's own lists are read anew first; else the answers are as old as those.
    """
    stored = _stored(house, tenant, document_id)
    if live:
        masters.read(house, tenant, connection_id)
    with open_caller(house, tenant, connection_id) as caller:
        calendar = caller.connection.settings.get("calendar", {})
    found = [*_period(calendar, stored), *_names(house, tenant, connection_id, stored)]
    found += _orders(house, tenant, stored.record.document)
    return {
        "document": document_id,
        "ok": all(each.ok is not False for each in found),
        "checks": [asdict(each) for each in found],
    }


def _stored(house: House, tenant: str, document_id: str) -> Stored:
    with house.store.reading() as transaction:
        stored = records.get(transaction, tenant, document_id)
    if stored is None:
        raise Refusal(404, "not_found", f"there is no document {document_id[:60]!r}")
    return stored


def _period(calendar: dict[str, Any], stored: Stored) -> Iterator[Checked]:
    why = closed_period(calendar, stored.record.document)
    yield Checked("period", why is None, why or "the period is open", clock.stamp())


def _names(house: House, tenant: str, connection_id: str, stored: Stored) -> Iterator[Checked]:
    """Whether a table says it, and whether what it says is in the target's own list."""
    with house.store.reading() as transaction:
        document = stored.record.document
        _, unknown = resolving.resolved(transaction, tenant, connection_id, document)
        lists = {
            kind: crosswalks.master_rows(transaction, tenant, connection_id, kind) for kind in KINDS
        }
        for each in unknown:
            yield Checked(each.kind, False, str(each), clock.stamp())
        missing = {each.kind for each in unknown}
        known = {k: _List.of(rows) for k, rows in lists.items() if rows and k not in missing}
        for kind, names in _asked(document, frozenset(known)):
            targets = crosswalks.targets(transaction, tenant, connection_id, kind, names)
            yield _in_list(kind, names, targets, known[kind])


def _asked(document: AnyDocument, kinds: frozenset[str]) -> list[tuple[str, list[str]]]:
    asked: list[tuple[str, list[str]]] = []

    def look(kind: str, names: list[str]) -> None:
        if (kind, names) not in asked:
            asked.append((kind, names))

    translated(document, look, kinds)
    return asked


def _in_list(kind: str, names: list[str], targets: dict[str, str], there: _List) -> Checked:
    said = next((targets[name] for name in names if name in targets), None)
    own = [said] if said else [name.partition(":")[2] or name for name in names]
    found = next((each for each in own if each in there.labels), None)
    if found is not None:
        return Checked(kind, True, f"{found} is {there.labels[found]}", there.as_of)
    message = f"{(said or names[0])[:60]!r} is not among the {len(there.labels)} there"
    return Checked(kind, False, message, there.as_of)


def _orders(house: House, tenant: str, document: AnyDocument) -> Iterator[Checked]:
    """The orders that it names, as they were last taken in."""
    refs = [ref for ref in getattr(document, "refs", ()) if ref.role == "order" and ref.number]
    for number in dict.fromkeys(ref.number for ref in refs):
        with house.store.reading() as transaction:
            wanted = {"kind": "purchase_order", "number": number}
            rows = records.page(transaction, tenant, wanted, after=0, limit=1)
        if not rows:
            yield Checked("order", None, f"order {number[:60]!r} was not taken in", clock.stamp())
            continue
        record = rows[0].record
        closed = record.state in ("archived", "rejected") or _all_closed(record.document)
        message = f"order {number[:60]!r} is {'closed' if closed else 'open'}"
        at = record.updated_at
        yield Checked("order", not closed, message, clock.stamp(at) if at else clock.stamp())


def _all_closed(order: Any) -> bool:
    lines = getattr(order, "lines", ())
    return bool(lines) and all(line.closed for line in lines)
