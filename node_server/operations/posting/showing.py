"""Counterfoils as callers see them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from node_server.envelope import page_of, position
from node_server.errors import Outcome, Refusal
from node_server.operations.house import House
from node_server.store import counterfoils, exchanges
from node_server.store.counterfoils import Row

_PLAIN: Final = (
    *("key", "state", "why", "connector", "resource", "action", "revision", "step"),
    *("waits_for", "attempts", "actor", "trace_id", "created_at", "sent_at", "settled_at"),
)
_SHORTEST: Final = 8
_EXCHANGES: Final = 200
_AT_ONCE: Final = 500


def outcome_of(row: Mapping[str, Any]) -> Outcome:
    """Whether the effect is there, as far as is known."""
    if row["state"] == "confirmed":
        return "applied"
    in_doubt = row["first_sent_at"] is not None or row["state"] in ("sent", "uncertain")
    return "uncertain" if in_doubt else "not_applied"


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """One counterfoil, without the bytes."""
    said = {name: row[name] for name in _PLAIN if row[name] not in (None, "")}
    said |= {"connection": row["connection_id"], "document": row["record_id"]}
    said |= {"outcome": outcome_of(row), "attempts": row["attempts"]}
    if row["state"] in counterfoils.WORKABLE and row["due_at"] != counterfoils.NEVER:
        said["due_at"] = row["due_at"]
    target = {"id": row["target_id"], "version": row["target_version"]}
    if row["target_id"]:
        said["target"] = {name: value for name, value in target.items() if value}
    if row["answer"]:
        said["answer"] = msgspec.json.decode(row["answer"])
    return said


def request_shown(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The exact request. What lets it in is put to it when it is sent, and is never kept here."""
    if not row["url"]:
        return None
    headers = msgspec.json.decode(row["headers"])
    said = {"method": row["method"], "url": row["url"], "headers": headers}
    body = bytes(row["body"])
    try:
        return said | {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return said | {"body_base64": base64.b64encode(body).decode("ascii")}


def list_counterfoils(
    house: House, tenant: str, filters: Mapping[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of counterfoils, oldest first."""
    with house.store.reading() as connection:
        rows = counterfoils.page(
            connection, tenant, filters, after=position(cursor), limit=limit + 1
        )
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([shown(row) for row in rows[:limit]], limit, more)


def get_counterfoil(house: House, tenant: str, key: str) -> dict[str, Any]:
    """One counterfoil with its request, and what was said between us and the target."""
    with house.store.reading() as connection:
        row = found(counterfoils.get(connection, tenant, key))
        said = exchanges.page(connection, tenant, after=0, limit=_EXCHANGES, counterfoil=key)
    exchanged = [_exchange(each) for each in said]
    return shown(row) | {"request": request_shown(row), "exchanges": exchanged}


def _exchange(row: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.json.decode(row["exchange"])
    return {"at": row["at"], "purpose": row["purpose"], **kept}


def whole_key(house: House, tenant: str, beginning: str) -> str:
    """The key that begins so: people copy the first characters."""
    with house.store.reading() as connection:
        rows = counterfoils.by_beginning(connection, tenant, beginning)
    if len(rows) != 1 or len(beginning) < _SHORTEST:
        several = f"several begin with {beginning!r}; give more of the key"
        raise Refusal(404, "not_found", several if rows else "there is no such counterfoil")
    key: str = rows[0]["key"]
    return key


def found(row: Row | None) -> Row:
    """The row; a refusal where there is none."""
    if row is None:
        raise Refusal(404, "not_found", "there is no such counterfoil")
    return row


def line(row: Mapping[str, Any], *, replayed: bool = False) -> str:
    """One counterfoil in a line for people."""
    there = f" as {row['target_id']}" if row["target_id"] else ""
    again = " (before)" if replayed else ""
    why = f"  {row['why']}" if row["why"] and row["state"] != "confirmed" else ""
    return (
        f"{row['key'][:16]}  {row['state']:<9}  {row['connection_id']}  {row['action']} "
        f"{row['resource']}  {row['record_id']}{there}{again}{why}"
    )


def lines(house: House, tenant: str, filters: Mapping[str, Any]) -> Iterator[str]:
    """Counterfoils in lines for people, oldest first."""
    after = 0
    while True:
        with house.store.reading() as connection:
            rows = counterfoils.page(connection, tenant, filters, after=after, limit=_AT_ONCE)
        yield from map(line, rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]["position"]
