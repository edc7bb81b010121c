"""Dates and amounts of QIF, whose order and separators nothing in the file declares.

What one line leaves open another can settle: a file with `8/15/13` puts the month first, one with
`75.46` has decimal points. `Evidence` gathers that over a whole file before anything is read.
"""

from __future__ import annotations

import re
from datetime import date

from connectors._codecs.short_dates import full_year

_DATE = re.compile(r"(\d{1,4})[/.\- ]\s*(\d{1,2})([/.\- ]|')\s*(\d{1,4})", re.ASCII)
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_NUMBER = re.compile(r"([+-]?)\s*(\d[\d.,' \u00a0]*|[.,]\d+)", re.ASCII)
_PLAIN = re.compile(r"-?\d+\.\d\d?", re.ASCII)
_WHOLE = re.compile(r"\d*|\d{1,3}(?:[.,]\d{2,3})+", re.ASCII)
_SEPARATOR = re.compile(r"[.,]")
_SPACES = re.compile(r"[' \u00a0]")


class Evidence:
    """What the dates and amounts of a file prove about the rest."""

    def __init__(self) -> None:
        self._orders: set[str] = set()
        self._points: set[str] = set()

    def see_date(self, text: str) -> None:
        """Take a date into account."""
        found = _DATE.fullmatch(text)
        if found is None:
            if _PACKED.fullmatch(text):
                self._orders.add("ymd")
            return
        first, second = found[1], int(found[2])
        if len(first) > 2 or int(first) > 31:
            self._orders.add("ymd")
        elif int(first) > 12:
            self._orders.add("dmy")
        elif second > 12:
            self._orders.add("mdy")

    def see_amount(self, text: str) -> None:
        """Take an amount into account."""
        found = _NUMBER.fullmatch(text)
        point = _certain_point(_SPACES.sub("", found[2])) if found else None
        if point:
            self._points.add(point)

    @property
    def date_order(self) -> str:
        """`mdy`, `dmy` or `ymd` where it is proven, else `unknown`."""
        return next(iter(self._orders)) if len(self._orders) == 1 else "unknown"

    @property
    def decimal_point(self) -> str | None:
        """The decimal separator, where it is proven."""
        return next(iter(self._points)) if len(self._points) == 1 else None


def read_date(text: str, order: str) -> str | None:
    """The ISO date, or None when the order is not known or there is no such day."""
    packed = _PACKED.fullmatch(text)
    if packed:
        return _iso(packed[1], packed[2], packed[3])
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    first, second, mark, last = found.groups()
    if len(first) > 2 or order == "ymd":
        return _iso(first, second, last)
    year = f"20{last:0>2}" if mark == "'" and len(last) < 3 else last
    if order == "dmy" or int(first) > 12:
        return _iso(year, second, first)
    if order == "mdy" or int(second) > 12 or int(first) == int(second):
        return _iso(year, first, second)
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    number = int(year) if len(year) == 4 else full_year(year) if len(year) < 3 else 0
    try:
        return date(number, int(month), int(day)).isoformat()
    except ValueError:
        return None


def read_amount(text: str, point: str | None) -> str | None:
    """The amount with a decimal point and nothing between its digits; None when it is not clear.

    `point` is the decimal separator that the rest of the file proves, if it proves one.
    """
    if _PLAIN.fullmatch(text):
        return text
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, digits = "-" if found[1] == "-" else "", _SPACES.sub("", found[2])
    if digits.isdecimal():
        return sign + digits
    certain = _certain_point(digits) or point
    if certain is None:
        return None
    whole, mark, decimals = digits.rpartition(certain)
    if not mark:
        whole, decimals = digits, ""
    if not _WHOLE.fullmatch(whole) or not (decimals.isdecimal() or not decimals):
        return None
    whole = _SEPARATOR.sub("", whole) or "0"
    return f"{sign}{whole}.{decimals}" if decimals else sign + whole


def _certain_point(digits: str) -> str | None:
    """The decimal separator of one amount, if it shows by itself."""
    separators = _SEPARATOR.findall(digits)
    if not separators:
        return None
    last: str = separators[-1]
    if len(set(separators)) == 2:
        return last if separators.count(last) == 1 else None
    if len(separators) > 1:  # it separates thousands, so the other is the point
        return "," if last == "." else "."
    whole, _, decimals = digits.rpartition(last)
    return last if len(decimals) != 3 or len(whole) > 3 or whole in ("", "0") else None
