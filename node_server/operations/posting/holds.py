"""What keeps an effect from being sent: the document's state, a person's hold, the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from node_server.operations.posting.effects import ATTACH
from node_server.store import clock

_OWN: Final = frozenset({"target_rejected", "target_uncertain", "period_closed"})
_UNMAPPED: Final = "_unmapped"

_MASTER: Final = frozenset({"party", "bank_account", "ref_data"})
_RECONCILED: Final = frozenset({"bank_transaction", "bank_statement"})
_DATES: Final = ("posting_date", "issue_date", "value_date", "booking_date")


def is_unmapped(code: str) -> bool:
    """Whether a crosswalk does not know something."""
    return code.endswith(_UNMAPPED)


def is_own(code: str | None) -> bool:
    """Whether an exception is one that posting itself opens, and resolves when it succeeds."""
    return code is not None and (code in _OWN or code.endswith(_UNMAPPED))


def blocking_code(why: str | None) -> str | None:
    """The code of the exception that a document gets for what keeps it from being rendered."""
    code = (why or "").partition(":")[0]
    return code if code == "period_closed" or code.endswith(_UNMAPPED) else None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why an effect is not sent now, though it is due."""

    why: str
    for_good: bool = False
    """Whether it is not looked at again by itself."""


def hold_of(row: Mapping[str, Any], standing: Mapping[str, Any] | None) -> Hold | None:
    """What in the document keeps a counterfoil from being sent; `standing` is how it is now."""
    if standing is None:
        return Hold("the document is gone", for_good=True)
    if standing["revision"] != row["revision"] and row["action"] != ATTACH:
        return Hold("the document has changed since; post it again", for_good=True)
    why = reason_to_hold(standing) or reason_to_refuse(standing)
    return Hold(why) if why else None


def reason_to_hold(standing: Mapping[str, Any]) -> str | None:
    """Why a person must act before a document may be sent; nothing where nobody must."""
    code = standing["exception_code"]
    if standing["state"] == "exception" and not is_own(code):
        return f"{code or 'exception'}: resolve the document's exception"
    if standing["payment_hold"]:
        return "payment_hold: an exception holds it; see /v1/exceptions, then release it"
    if other := standing.get("held_for"):
        return f"payment_hold: {other} is held; release that first"
    return None


def reason_to_refuse(standing: Mapping[str, Any]) -> str | None:
    """Why a document of this state is not posted at all."""
    kind, state = standing["kind"], standing["state"]
    able = {"approved", "posted", "paid", "exception"}
    if kind in _RECONCILED:
        able |= {"matched"}
    if kind in _MASTER:
        able |= {"validated", "matched"}
    if state in able:
        return None
    return f"it is {state}; only what is {' or '.join(sorted(able - {'exception'}))} is posted"


def closed_period(calendar: Mapping[str, Any], document: Any) -> str | None:
    """Why the books do not take a document of its date."""
    day = next((d for n in _DATES if (d := getattr(document, n, None)) is not None), None)
    if not isinstance(day, date):
        return None
    for span in calendar.get("closed", ()):
        if _moment(span["from"]).date() <= day <= _moment(span["to"]).date():
            why = span.get("why") or f"closed from {span['from'][:10]} to {span['to'][:10]}"
            return f"period_closed: {day.isoformat()} lies in a closed period ({why})"
    return None


def seconds_of_maintenance(calendar: Mapping[str, Any], now: datetime) -> float:
    """For how long nothing is to be sent now; 0 where something may be."""
    ends = [
        _moment(span["to"])
        for span in calendar.get("windows", ())
        if _moment(span["from"]) <= now < _moment(span["to"])
    ]
    return max(((end - now).total_seconds() for end in ends), default=0.0)


def _moment(text: str) -> datetime:
    return clock.read(text)
