"""Hearing that it is too much, in the way each target says it, and for how long to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from connectors._transport.message import Answer
from connectors._transport.picking import pick

USUAL: tuple[Mapping[str, Any], ...] = ({"status": 429}, {"status": 503, "header": "Retry-After"})
"""What counts where a manifest says nothing."""

_USUAL_WAIT = 30
_LONGEST_WAIT = 172_800
_EPOCH = 1_000_000_000  # a larger number is a time, not a wait
_LONGEST_NUMBER = 20


def throttled(answer: Answer, signals: Sequence[Mapping[str, Any]] = (), *, now: int) -> int | None:
    """Seconds to wait before asking again; nothing where the answer is no such signal."""
    for signal in (*signals, *USUAL):
        if matches(signal, answer):
            return wait_of(signal, answer, now=now)
    return None


def matches(signal: Mapping[str, Any], answer: Answer) -> bool:
    """Whether all that a signal of the manifest names holds for an answer."""
    if "status" in signal and answer.status != signal["status"]:
        return False
    if "header" in signal and signal["header"] not in answer.headers:
        return False
    if "path" not in signal:
        return str(signal.get("contains", "")) in answer.text
    found = pick(answer.tree(), signal["path"])
    return found is not None and str(signal.get("contains", "")) in str(found)


def wait_of(signal: Mapping[str, Any], answer: Answer, *, now: int) -> int:
    """What the answer says, or the manifest, or half a minute."""
    stated = answer.headers.get(signal.get("retry_after", "Retry-After"), "")
    found = retry_after(stated, now=now)
    usual: int = signal.get("wait", _USUAL_WAIT)
    return usual if found is None else found


def retry_after(text: str, *, now: int) -> int | None:
    """Seconds from a number of them, a date (RFC 9110, section 10.2.3), or a time since 1970."""
    text = text.strip()
    seconds = _number(text)
    if seconds is None:
        moment = _date(text)
        return None if moment is None else _bounded(moment - now)
    return _bounded(seconds - now if seconds >= _EPOCH else seconds)


def _number(text: str) -> int | None:
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        return None
    in_range = number.is_finite() and abs(number) < 10**12
    return int(number.to_integral_value(ROUND_CEILING)) if in_range else None


def _date(text: str) -> int | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)  # RFC 9110 knows only GMT
    return int(moment.timestamp())


def _bounded(seconds: int) -> int:
    """Never in the past, and never longer than two days, whatever a broken clock says."""
    return min(max(seconds, 0), _LONGEST_WAIT)
