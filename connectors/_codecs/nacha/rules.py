"""What Nacha allows where: transaction codes, service classes, and the entry classes' own rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Direction = Literal["credit", "debit"]


def _directions() -> dict[str, Direction]:
    """Transaction codes: tens say the kind of account, units what happens (appendix three)."""
    codes: dict[str, Direction] = {}
    for account in "234":  # demand, savings, general ledger
        codes |= {f"{account}{unit}": "credit" for unit in "1234"}
        codes |= {f"{account}{unit}": "debit" for unit in "6789"}
    codes |= {f"5{unit}": "credit" for unit in "1234"}  # loans
    codes |= {"55": "debit", "56": "debit"}
    codes |= {f"8{unit}": "credit" for unit in "1357"}  # accounting advices
    codes |= {f"8{unit}": "debit" for unit in "2468"}
    return codes


DIRECTIONS = _directions()
RETURN_TRANSACTIONS = frozenset({"21", "26", "31", "36", "41", "46", "51", "56"})
ZERO_CODES = frozenset(
    {"23", "24", "28", "29", "33", "34", "38", "39", "43", "44", "48", "49", "53", "54"}
)
"""Prenotes and remittance without money: the amount has to be zero."""

MIXED, CREDITS, DEBITS, ADVICES = "200", "220", "225", "280"
SERVICE_CLASSES = frozenset({MIXED, CREDITS, DEBITS, ADVICES})
ONLY: dict[str, Direction] = {CREDITS: "credit", DEBITS: "debit"}

_Bounds = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a standard entry class asks of a forward entry.

    `addenda` gives for each allowed type the fewest and the most records of it.
    """

    addenda: _Bounds = field(default_factory=dict)
    only: Direction | None = None
    most_cents: int | None = None
    without_money: bool = False


_ONE: _Bounds = {"05": (0, 1)}
_MANY: _Bounds = {"05": (0, 9999)}
_TERMINAL: _Bounds = {"02": (1, 1)}
_IAT: _Bounds = {
    **{str(kind): (1, 1) for kind in range(10, 17)},
    "17": (0, 2),
    "18": (0, 5),
}
_CHECK = ClassRule(only="debit", most_cents=25_000_00)

CLASS_RULES = {
    "ACK": ClassRule(_ONE, without_money=True),
    "ADV": ClassRule(),
    "ARC": _CHECK,
    "ATX": ClassRule(_MANY, without_money=True),
    "BOC": _CHECK,
    "CCD": ClassRule(_ONE),
    "CIE": ClassRule(_ONE, only="credit"),
    "COR": ClassRule({"98": (1, 1)}, without_money=True),
    "CTX": ClassRule(_MANY),
    "DNE": ClassRule({"05": (1, 1)}, without_money=True),
    "ENR": ClassRule({"05": (1, 9999)}, without_money=True),
    "IAT": ClassRule(_IAT),
    "MTE": ClassRule(_TERMINAL),
    "POP": _CHECK,
    "POS": ClassRule(_TERMINAL),
    "PPD": ClassRule(_ONE),
    "RCK": ClassRule(only="debit", most_cents=2_500_00),
    "RET": ClassRule({"99": (1, 1)}),
    "SHR": ClassRule(_TERMINAL, only="debit"),
    "TEL": ClassRule(only="debit"),
    "TRC": ClassRule(only="debit"),
    "TRX": ClassRule(_MANY, only="debit"),
    "WEB": ClassRule(_ONE),
    "XCK": ClassRule(only="debit"),
}


@lru_cache(maxsize=4096)
def check_digit_fits(routing: str) -> bool:
    """Whether the ninth digit of an ABA routing number belongs to the eight before it."""
    weighted = zip((3, 7, 1, 3, 7, 1, 3, 7, 1), map(int, routing), strict=True)
    return sum(weight * digit for weight, digit in weighted) % 10 == 0
