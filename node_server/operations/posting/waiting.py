"""Waiting a while for what becomes of an effect, and saying it as an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.posting.admitting import InFlight
from node_server.operations.posting.planning import Planned, Wish, is_open, plan
from node_server.operations.posting.showing import found, outcome_of, shown
from node_server.store import counterfoils
from node_server.store.counterfoils import Row

_PAUSE = 0.01
_LONGEST_PAUSE = 0.1


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def awaited(
    house: House,
    tenant: str,
    key: str,
    seconds: float,
    meanwhile: Callable[[float], object] = _sleep,
) -> Row:
    """The row when nothing more is done by itself, or as it is then."""
    end, pause = time.monotonic() + seconds, _PAUSE
    while True:
        with house.store.reading() as connection:
            row = found(counterfoils.get(connection, tenant, key))
        left = end - time.monotonic()
        if not is_open(row) or left <= 0:
            return row
        meanwhile(min(pause, left))
        pause = min(_LONGEST_PAUSE, pause * 1.5)


def posted(house: House, who: Principal, connection_id: str, wish: Wish, seconds: float) -> Planned:
    """Plan it and wait for its outcome; who repeats a call that waits, waits for the same."""
    try:
        planned = plan(house, who, connection_id, wish)
    except InFlight as refusal:
        if not refusal.same or not seconds:
            raise
        row = awaited(house, who.tenant, refusal.row["key"], seconds)
        if is_open(row):
            raise
        return Planned(row, replayed=True)
    if not seconds or not is_open(planned.row):
        return planned
    return replace(planned, row=awaited(house, who.tenant, planned.row["key"], seconds))


def answer_of(planned: Planned) -> tuple[dict[str, Any], int]:
    """What there is to say, with its status; a refusal for what the target will not have."""
    row = planned.row
    said = shown(row) | {"replayed": planned.replayed}
    if planned.files:
        said["files"] = [shown(each) for each in planned.files]
    if planned.issues:
        said["issues"] = list(planned.issues)
    if row["state"] == "confirmed":
        return said, 200
    if row["state"] in ("refused", "dead"):
        raise _refusal(row, said)
    return said, 202


def _refusal(row: Mapping[str, Any], said: dict[str, Any]) -> Refusal:
    refused = row["state"] == "refused"
    return Refusal(
        422 if refused else 502,
        "posting_refused" if refused else "posting_dead",
        row["why"] or "the other system did not take it",
        hint="correct the document, or what it needs there, and post it again"
        if refused
        else "see the counterfoil, then POST /v1/counterfoils/{key}/retry",
        outcome=outcome_of(row),
        extra={"counterfoil": row["key"], "answer": said.get("answer", {})},
        headers={"Location": f"/v1/counterfoils/{row['key']}"},
    )
