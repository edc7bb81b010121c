"""The tables of a connection: shown, changed, taken in and given out as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.connecting.connections import found as connection_of
from node_server.operations.crosswalking.naming import KINDS
from node_server.operations.house import House
from node_server.store import access, clock, crosswalks

COLUMNS: Final = ("value", "target", "label")
_MOST_ROWS: Final = 100_000


def overview(house: House, tenant: str, connection_id: str) -> list[dict[str, Any]]:
    """Each kind with how many rows it has, and how many of the target's own are known."""
    connection_of(house, tenant, connection_id)
    with house.store.reading() as transaction:
        used = crosswalks.used(transaction, tenant, connection_id)
        known = crosswalks.master_counts(transaction, tenant, connection_id)
    return [{"kind": k, "rows": used.get(k, 0), "masters": known.get(k, 0)} for k in KINDS]


def page(
    house: House,
    tenant: str,
    connection_id: str,
    kind: str,
    *,
    after: str,
    limit: int,
    state: str | None = None,
) -> dict[str, Any]:
    """Rows of one table by their names; the cursor is the last name."""
    _known(house, tenant, connection_id, kind)
    with house.store.reading() as transaction:
        rows = crosswalks.page(
            transaction, tenant, connection_id, kind, after=after, limit=limit + 1, state=state
        )
    answer: dict[str, Any] = {"data": [shown(row) for row in rows[:limit]]}
    answer["has_more"] = len(rows) > limit
    return answer | ({"next_cursor": rows[limit - 1]["value"]} if len(rows) > limit else {})


def put(
    house: House,
    tenant: str,
    actor: str,
    connection_id: str,
    kind: str,
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Keep rows, each in place of one of its name; how many."""
    _known(house, tenant, connection_id, kind)
    count = 0
    with house.store.writing(f"crosswalks:{tenant}:{connection_id}") as transaction:
        for count, row in enumerate(rows, 1):
            if count > _MOST_ROWS:
                raise Refusal(413, "body_too_large", f"at most {_MOST_ROWS} rows at once")
            crosswalks.put(transaction, _row(tenant, actor, connection_id, kind, row))
        detail = f"{kind}: {count} rows"
        access.note(transaction, audit_row(tenant, actor, "crosswalk_put", connection_id, detail))
    return count


def remove(
    house: House, tenant: str, actor: str, connection_id: str, kind: str, value: str
) -> None:
    """Forget one row."""
    _known(house, tenant, connection_id, kind)
    with house.store.writing() as transaction:
        if not crosswalks.remove(transaction, tenant, connection_id, kind, value):
            raise Refusal(404, "not_found", f"the {kind} table has no {value[:60]!r}")
        note = audit_row(tenant, actor, "crosswalk_removed", connection_id, f"{kind}: {value}")
        access.note(transaction, note)


def confirm(
    house: House, tenant: str, actor: str, connection_id: str, kind: str, value: str
) -> dict[str, Any]:
    """A person agrees with a proposal."""
    _known(house, tenant, connection_id, kind)
    with house.store.writing() as transaction:
        row = crosswalks.get(transaction, tenant, connection_id, kind, value)
        if row is None:
            raise Refusal(404, "not_found", f"the {kind} table has no {value[:60]!r}")
        row |= {"state": crosswalks.CONFIRMED, "actor": actor, "at": clock.stamp()}
        crosswalks.put(transaction, row)
        note = audit_row(tenant, actor, "crosswalk_confirmed", connection_id, f"{kind}: {value}")
        access.note(transaction, note)
    return shown(row)


def from_csv(data: bytes) -> Iterator[dict[str, str]]:
    """Rows of a CSV with the columns value, target and, if wanted, label."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8"
        raise Refusal(
            400, "body_unreadable", f"byte {error.start} is no UTF-8", hint=hint
        ) from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if not {"value", "target"} <= set(names):
        found = ", ".join(names)[:100] or "nothing"
        hint = "begin with: value,target,label"
        raise Refusal(422, "body_invalid", f"the columns are {found}", hint=hint)
    reader.fieldnames = names
    for number, row in enumerate(reader, 2):
        kept = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not kept["value"] or not kept["target"]:
            message = f"line {number} has no {'value' if not kept['value'] else 'target'}"
            raise Refusal(422, "body_invalid", message, hint="fill it in, or take the line out")
        yield kept


def to_csv(house: House, tenant: str, connection_id: str, kind: str) -> bytes:
    """The confirmed rows of a table, as `from_csv` reads them."""
    _known(house, tenant, connection_id, kind)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    with house.store.reading() as transaction:
        rows = crosswalks.page(
            transaction, tenant, connection_id, kind, limit=_MOST_ROWS, state=crosswalks.CONFIRMED
        )
    writer.writerows({name: row[name] or "" for name in COLUMNS} for row in rows)
    return out.getvalue().encode()


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as callers see it."""
    names = ("value", "target", "label", "state", "score", "actor", "at")
    return {name: row[name] for name in names if row[name] is not None}


def _row(
    tenant: str, actor: str, connection_id: str, kind: str, row: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "connection_id": connection_id,
        "name": kind,
        "value": row["value"],
        "target": row["target"],
        "label": row.get("label") or None,
        "state": crosswalks.CONFIRMED,
        "score": None,
        "actor": actor,
        "at": clock.stamp(),
    }


def _known(house: House, tenant: str, connection_id: str, kind: str) -> None:
    connection_of(house, tenant, connection_id)
    if kind not in KINDS:
        raise Refusal(404, "not_found", f"no table {kind[:40]!r}; there are {', '.join(KINDS)}")
