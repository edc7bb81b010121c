"""Transforms of how X12 and EDIFACT write days, long texts and amounts."""

from __future__ import annotations

from decimal import Context
from typing import Any

from connectors._transforms.dates import compact_day
from connectors._transforms.numbers import exact
from connectors._transforms.registry import transform
from connectors._transforms.texts import spelled
from connectors.errors import TransformError

_EXACT = Context(prec=60)
# UNTDID 2379, those that name a day, and how they spell it.
_DAYS = {
    "2": "DDMMYY",
    "3": "MMDDYY",
    "4": "DDMMCCYY",
    "101": "YYMMDD",
    "102": "CCYYMMDD",
    "201": "YYMMDDhhmm",
    "202": "YYMMDDhhmmss",
    "203": "CCYYMMDDhhmm",
    "204": "CCYYMMDDhhmmss",
    "205": "CCYYMMDDhhmmZ",
    "303": "CCYYMMDDhhmmZ",
    "304": "CCYYMMDDhhmmssZ",
}
_SPANS = {"713": "201", "717": "101", "718": "102", "719": "203"}  # two of them in a row


@transform(several=True)
def qualified_day(values: Any, *, end: bool = False) -> str | None:
    """A day and beside it its format by UNTDID 2379; of a period the first day, or its end."""
    value, form = (*values, None, None)[:2]
    if value in (None, ""):
        return None
    text, form = spelled(value).strip(), spelled(form).strip() if form else ""
    if form in _SPANS:
        text, form = _half(text, end), _SPANS[form]
    if (form and form not in _DAYS) or (not form and text in _DAYS):
        return None  # a week, a span of hours; or a format beside which no day stands
    order = _DAYS[form] if form else "YYMMDD" if len(text) == 6 else "CCYYMMDD"
    if not text[:6].isascii() or len(text) < len(order.partition("h")[0]):
        raise TransformError(f"a day spelled as {order}")
    parts = {mark: text[order.index(mark) :][: order.count(mark)] for mark in "YMD"}
    century = text[order.index("C") :][:2] if "C" in order else ""
    return compact_day(century + parts["Y"] + parts["M"] + parts["D"])


def _half(text: str, end: bool) -> str:
    """One of the two days of a period, which a hyphen may part."""
    solid = text.replace("-", "")
    middle = len(solid) // 2
    return solid[middle:] if end else solid[:middle]


@transform(several=True)
def join_cut(values: Any, *, width: int = 35) -> str | None:
    """Pieces of a text that was cut every so many characters; shorter ones ended with a blank."""
    pieces = [spelled(value) for value in values if value not in (None, "")]
    text = "".join(piece if len(piece) == width else f"{piece} " for piece in pieces)
    return text.strip() or None


@transform()
def implying_decimals(value: Any, *, places: int = 2) -> str:
    """Without a point, the last digits being decimals; refused where there are more of them."""
    found = exact(value).scaleb(places, _EXACT)
    if found != found.to_integral_value():
        raise TransformError(f"an amount of at most {places} decimals")
    return str(int(found))
