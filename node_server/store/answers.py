"""Answers kept under idempotency keys: claimed before the work, filled after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select, update

from node_server.store.tables import answers
from node_server.store.traces import unless_there


def claim(connection: Connection, row: dict[str, Any]) -> dict[str, Any] | None:
    """Claim a key; None when it is ours now, else the row that is there."""
    added = unless_there(connection, answers).values(row).on_conflict_do_nothing()
    if connection.execute(added.returning(answers.c.key)).first() is not None:
        return None
    found = connection.execute(select(answers).where(*_of(row))).mappings().one()
    if found["status"] == 0 and found["claimed_until"] < row["claimed_at"]:
        # Whoever claimed it died in between: what it did, if anything, is found again by the
        # document's own keys.
        connection.execute(update(answers).where(*_of(row)).values(row))
        return None
    return dict(found)


def fill(connection: Connection, row: dict[str, Any], answer: dict[str, Any]) -> None:
    """Keep the answer under its key."""
    connection.execute(update(answers).where(*_of(row)).values(answer))


def release(connection: Connection, row: dict[str, Any]) -> None:
    """Give up a claim whose work failed for a reason that may pass."""
    connection.execute(delete(answers).where(*_of(row)))


def forget(connection: Connection, before: str) -> int:
    """Remove answers that are older."""
    return connection.execute(delete(answers).where(answers.c.claimed_at < before)).rowcount


def _of(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(answers.c[name] == row[name] for name in ("tenant", "operation", "key"))
