"""Exceptions that have waited too long become somebody else's, and that is told."""

from __future__ import annotations

from typing import Final

from canonical_model.controls.exceptions import ExceptionSettings
from node_server.operations.clearing.acting import step_aside
from node_server.operations.control_settings import in_force
from node_server.operations.excepting import note
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import clock, exceptions, records
from node_server.store.exceptions import OPEN, Row

ACTOR: Final = "control:exceptions"
_BATCH: Final = 50


def escalate(house: House) -> int:
    """Escalate what is overdue; how many there were."""
    with house.store.reading() as connection:
        rows = exceptions.to_escalate(connection, now=clock.stamp(), limit=_BATCH)
    return sum(_escalated(house, row) for row in rows)


def _escalated(house: House, seen: Row) -> bool:
    tenant, record_id = seen["tenant"], seen["record_id"]
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        row = exceptions.get(connection, tenant, seen["id"])
        if stored is None or row is None or not _still_waits(row):
            return False
        settings = in_force(connection, tenant, "exceptions", ExceptionSettings)
        keeper = Keeper(connection, tenant, ACTOR)
        owner = settings.next_owner(row["control"], row["code"]) or row["owner"]
        _write(keeper, row, settings, owner)
        step_aside(keeper, stored, "exception_escalated", row["code"])
        keeper.finish()
    return True


def _still_waits(row: Row) -> bool:
    at = row["escalate_at"]
    return row["state"] == OPEN and at is not None and at < clock.stamp()


def _write(keeper: Keeper, row: Row, settings: ExceptionSettings, owner: str | None) -> None:
    times = row["escalations"] + 1
    following = clock.stamp(keeper.at + settings.pause) if times < settings.most else None
    exceptions.change(keeper.connection, row, escalations=times, owner=owner, escalate_at=following)
    told = {"owner": owner} if owner else {}
    note(keeper, row, "escalated", f"open since {row['opened_at'][:16]}", **told)
