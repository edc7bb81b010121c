"""One row of a list, as it came from another system, taken in like any payload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors import moment_of, write_json
from connectors._transport.picking import pick
from node_server.auth import Principal
from node_server.errors import Refusal, refusal_of
from node_server.operations.house import House
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.store import clock

_JSON = "application/json"
_PARTS = ("year", "month", "day", "hour", "minute", "second")


def taken_in(house: House, who: Principal, row: Any, how: Intake) -> dict[str, Any]:
    """What became of it; what is wrong with a row is told in its place, and the others go on."""
    try:
        return ingest(house, who, Payload(write_json(row), _JSON), how)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return {"documents": [], "issues": [_issue(refusal)]}


def _issue(refusal: Refusal) -> dict[str, Any]:
    issue = {"code": refusal.code, "severity": "error", "message": refusal.message}
    return issue | ({"hint": refusal.hint} if refusal.hint else {})


def changed_at(row: Any, incremental: Mapping[str, Any]) -> str | None:
    """When the row says that it was changed, in UTC; None where it does not say."""
    path = incremental.get("field")
    value = pick(row, path) if path else None
    if value is None:
        return None
    if incremental.get("format") == "epoch" or isinstance(value, int):
        return clock.stamp(datetime.fromtimestamp(int(value), UTC))
    found = _in_parts(value) if isinstance(value, dict) else moment_of(str(value))
    return clock.stamp(found) if found else None


def _in_parts(value: Mapping[str, Any]) -> datetime | None:
    """A moment whose year, month and so on stand apart, in UTC (Tryton)."""
    parts = [value.get(name) for name in _PARTS]
    try:
        return datetime(*(int(each or 0) for each in parts), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
