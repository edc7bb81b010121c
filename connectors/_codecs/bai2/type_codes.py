"""BAI2 type codes: names, sides and levels from `type_codes.csv`, and the ranges behind them."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_RANGES = (
    ("100", "399", "credit"),
    ("400", "699", "debit"),
    ("920", "959", "credit"),  # custom codes of a bank
    ("960", "999", "debit"),
)


class TypeCode(NamedTuple):
    """`direction` is "credit", "debit" or empty; `level` "status", "summary" or "detail"."""

    code: str
    name: str
    direction: str
    level: str


@lru_cache(maxsize=1)
def type_codes() -> dict[str, TypeCode]:
    """All codes of the standard."""
    with Path(__file__).with_name("type_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: TypeCode(*row) for row in rows}


def direction_of(code: str) -> str:
    """The side of a code; one the standard does not name goes by its range."""
    known = type_codes().get(code)
    if known:
        return known.direction
    if len(code) == 3 and code.isdecimal():
        for first, last, side in _RANGES:
            if first <= code <= last:
                return side
    return ""
