"""Exceptions for those who clear them: lists, one with all that it is about, and the report."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from canonical_model import wire
from node_server.auth import Principal
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.clearing.excerpts import sources_of
from node_server.operations.documents import head, shown
from node_server.operations.excepting.showing import act
from node_server.operations.excepting.showing import shown as shown_exception
from node_server.operations.governing.persons import people
from node_server.operations.house import House
from node_server.store import clock, exceptions, proposals, records
from node_server.store.records import Stored

_RECORD_ID: Final = re.compile(r"[a-z]{2,5}_[a-z2-7]{20,60}")
_MOST_OTHERS: Final = 20
_OVERRIDDEN: Final = "overridden"


def list_exceptions(
    house: House, tenant: str, filters: Mapping[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of exceptions, oldest first."""
    wanted = dict(filters)
    if wanted.pop("overdue", None):
        wanted["due_before"] = clock.stamp()
    with house.store.reading() as connection:
        rows = exceptions.page(connection, tenant, wanted, after=position(cursor), limit=limit + 1)
    last = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([shown_exception(row) for row in rows[:limit]], limit, last)


def get_exception(house: House, who: Principal, exception_id: str) -> dict[str, Any]:
    """One exception with what it rests on, its document, and what was done about it."""
    tenant = who.tenant
    with house.store.reading() as connection:
        row = exceptions.get(connection, tenant, exception_id)
        stored = records.get(connection, tenant, row["record_id"]) if row else None
        if row is None or stored is None:
            raise Refusal(404, "not_found", "there is no such exception")
        context = msgspec.json.decode(row["context"])
        return shown_exception(row) | {
            "context": context,
            "record": shown(stored),
            "lines": _lines(stored, context),
            "documents": _others(connection, tenant, context, row["record_id"]),
            "sources": sources_of(connection, stored, excerpts="raw" in who.permissions),
            "proposals": _proposals(connection, tenant, row["record_id"]),
            "acts": [act(each) for each in exceptions.acts(connection, tenant, exception_id)],
        }


def _lines(stored: Stored, context: Any) -> list[Any]:
    """The document's lines that the context names."""
    named = {str(value) for key, value in _walked(context) if key in ("line", "lines")}
    lines = getattr(stored.record.document, "lines", ())
    return [wire.to_plain(line) for line in lines if getattr(line, "id", None) in named]


def _others(connection: Connection, tenant: str, context: Any, own: str) -> list[dict[str, Any]]:
    """Heads of the other documents that the context names."""
    named = {str(value) for _, value in _walked(context) if _RECORD_ID.fullmatch(str(value))}
    wanted = sorted(named - {own})[:_MOST_OTHERS]
    found = records.get_all(connection, [(tenant, each) for each in wanted]) if wanted else {}
    return [head(found[tenant, each]) for each in wanted if (tenant, each) in found]


def _walked(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a context with the name that it stands under."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _walked(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _walked(each, key)
    else:
        yield key, value


def _proposals(connection: Connection, tenant: str, record_id: str) -> list[dict[str, Any]]:
    wanted = {"document": record_id}
    found = proposals.page(connection, tenant, wanted, after=0, limit=_MOST_OTHERS)
    names = ("id", "state", "strength", "score", "made_at")
    return [{name: row[name] for name in names} for row in found]


def report(house: House, tenant: str, first: str | None, last: str | None) -> dict[str, Any]:
    """How exceptions were closed, by month, code and person; the overrides by themselves."""
    today = clock.now().date()
    begin = first or (today - datetime.timedelta(days=365)).isoformat()
    end = last or today.isoformat()
    after = (datetime.date.fromisoformat(end) + datetime.timedelta(days=1)).isoformat()
    with house.store.reading() as connection:
        rows = exceptions.closed_between(connection, tenant, begin, after)
        known = people(connection, tenant)
    names = ("month", "state", "control", "code", "by", "count")
    data: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    closed = [each | {"person": known.of(each["by"] or "")} for each in data]
    overrides = [each for each in closed if each["state"] == _OVERRIDDEN]
    return {
        "from": begin,
        "to": end,
        "overridden": sum(each["count"] for each in overrides),
        "overrides": overrides,
        "closed": closed,
    }
