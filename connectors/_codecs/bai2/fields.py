"""The fields of BAI2 records: amounts, dates, times, funds, summaries and details.

`raw_amount` is what stands in the file (minor units without a point); `amount` is the same in
major units by the currency's exponent.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from connectors._codecs.bai2.type_codes import direction_of, type_codes
from connectors._codecs.limits import Tree
from connectors._codecs.short_dates import year_first

# ISO 4217: currencies whose minor unit is not a hundredth.
EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
FUNDS_TYPES = frozenset("012SVDZ")
_AMOUNT = re.compile(r"([+-]?)(\d{1,24})(?:\.(\d{0,8}))?([+-]?)", re.ASCII)
_LONGEST_AMOUNT = 25
_TIME = re.compile(r"(\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_SIMPLE_DAYS = ("0", "1", "2")  # funds type S: immediate, one day, two days or more

Warn = Callable[[str, str], None]
"""Takes the code and the message of something that was read past."""


def iso_time(text: str) -> str | None:
    """`HHMM` as `HH:MM`; 2400 and 9999, the end of the day, as `24:00`."""
    if text in ("9999", "2400"):
        return "24:00"
    found = _TIME.fullmatch(text)
    if found is None or found[1] > "23" or found[2] > "59":
        return None
    return f"{found[1]}:{found[2]}" + (f":{found[3]}" if found[3] else "")


def put_date(tree: dict[str, Tree], key: str, text: str, warn: Warn) -> None:
    """Under `<key>_raw`, with a warning, when no calendar has it."""
    if text:
        # Some banks write the century, too.
        digits = text[2:] if len(text) == 8 and text.startswith(("19", "20")) else text
        iso = year_first(digits) if len(digits) == 6 else None
        tree[key if iso else f"{key}_raw"] = iso or text
        if iso is None:
            warn("bad_date", f"{key} {text[:20]!r} is no date; YYMMDD is needed")


def put_time(tree: dict[str, Tree], key: str, text: str, warn: Warn) -> None:
    if text:
        iso = iso_time(text)
        tree[key if iso else f"{key}_raw"] = iso or text
        if iso is None:
            warn("bad_time", f"{key} {text[:20]!r} is no time; HHMM is needed")


def put_amount(tree: dict[str, Tree], text: str, exponent: int, warn: Warn) -> bool:
    """`raw_amount` and `amount`; False when the text is no amount (only kept raw)."""
    if not text:
        return True
    tree["raw_amount"] = text
    if text.isdecimal() and text.isascii() and exponent and len(text) < _LONGEST_AMOUNT:
        digits = text.lstrip("0").rjust(exponent + 1, "0")
        tree["amount"] = f"{digits[:-exponent]}.{digits[-exponent:]}"
        return True
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return False
    digits, cents = found[2].lstrip("0"), found[3]
    if cents is not None:
        warn("decimal_amount", "an amount with a decimal point was taken as major units")
        major = f"{digits or '0'}.{cents}" if cents else digits or "0"
    else:
        digits = digits.rjust(exponent + 1, "0")
        major = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
    tree["amount"] = "-" + major if "-" in (found[1], found[4]) else major
    return True


def control_units(text: str, exponent: int) -> int | None:
    """An amount as the integer that control totals add up; None when it is none."""
    if text.isdecimal() and text.isascii() and len(text) < _LONGEST_AMOUNT:
        return int(text)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    value = int(found[2])
    if found[3] is not None:
        value = int(found[2] + found[3].ljust(exponent, "0")[:exponent])
    return -value if "-" in (found[1], found[4]) else value


def funds_width(kind: str, fields: list[str], at: int) -> int:
    """How many fields after a funds type belong to it."""
    if kind == "V":
        return 2
    if kind == "S":
        return 3
    if kind == "D" and at < len(fields):
        count = fields[at].strip()
        return 1 + 2 * int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 1
    return 1 if kind == "D" else 0


def put_funds(
    tree: dict[str, Tree], kind: str, values: list[str], exponent: int, warn: Warn
) -> None:
    """`funds_type` and, for S, V and D, `funds` with the date or the availability."""
    if not kind:
        return
    tree["funds_type"] = kind
    if kind not in FUNDS_TYPES:
        warn("bad_funds_type", f"funds type {kind[:10]!r} is none of 0 1 2 S V D Z")
        return
    funds: dict[str, Tree] = {}
    if kind == "V":
        put_date(funds, "value_date", values[0] if values else "", warn)
        put_time(funds, "value_time", values[1] if len(values) > 1 else "", warn)
    elif kind == "S":
        funds["availability"] = _availability(_SIMPLE_DAYS, values, exponent, warn)
    elif kind == "D":
        funds["availability"] = _availability(values[1::2], values[2::2], exponent, warn)
    if any(funds.values()):
        tree["funds"] = funds


def _availability(
    days: tuple[str, ...] | list[str], amounts: list[str], exponent: int, warn: Warn
) -> list[Tree]:
    found: list[Tree] = []
    for day, text in zip(days, amounts, strict=False):
        tree: dict[str, Tree] = {"days": day}
        put_amount(tree, text, exponent, warn)
        if len(tree) > 1:
            found.append(tree)
    return found


def summaries(fields: list[str], exponent: int, warn: Warn) -> list[Tree]:
    """Type, amount, count and funds, repeated; fields left blank between them do not count."""
    found: list[Tree] = []
    at = 0
    while at < len(fields):
        code = fields[at].strip()
        if not code:
            at += 1
            continue
        kind = fields[at + 3].strip() if at + 3 < len(fields) else ""
        width = funds_width(kind, fields, at + 4)
        found.append(
            _summary(code, [f.strip() for f in fields[at : at + 4 + width]], exponent, warn)
        )
        at += 4 + width
    return found


def _summary(code: str, fields: list[str], exponent: int, warn: Warn) -> dict[str, Tree]:
    tree: dict[str, Tree] = {"type": code}
    _name_and_side(tree, code)
    fields += [""] * (4 - len(fields))
    if not put_amount(tree, fields[1], exponent, warn):
        warn("bad_amount", f"summary {code[:10]!r} has an amount that is no number")
    if fields[2]:
        tree["count"] = fields[2]
    put_funds(tree, fields[3], fields[4:], exponent, warn)
    return tree


def detail(fields: list[str], more: list[str], exponent: int, warn: Warn) -> dict[str, Tree]:
    """Record 16; continuations are text once the fields up to the funds are complete."""
    fields, text = _funds_complete(fields, more)
    kind = fields[3].strip() if len(fields) > 3 else ""
    width = funds_width(kind, fields, 4)
    fields += [""] * (7 + width - len(fields))
    code = fields[1].strip()
    tree: dict[str, Tree] = {"type": code}
    _name_and_side(tree, code)
    if not put_amount(tree, fields[2].strip(), exponent, warn):
        warn("bad_amount", f"detail {code[:10]!r} has an amount that is no number")
    put_funds(tree, kind, [f.strip() for f in fields[4 : 4 + width]], exponent, warn)
    for key, value in zip(("bank_ref", "customer_ref"), fields[4 + width :], strict=False):
        if value.strip():
            tree[key] = value.strip()
    text = [",".join(fields[6 + width :]), *text]
    lines = [line for part in text if (line := part.strip())]
    if lines:
        tree["text"] = lines
    return tree


def _funds_complete(fields: list[str], more: list[str]) -> tuple[list[str], list[str]]:
    """The fields with those that stand in continuations, and the continuations that are text."""
    more = list(more)
    while more:
        kind = fields[3].strip() if len(fields) > 3 else ""
        values = more[0].split(",")
        if len(fields) == 3 and values[0].strip() not in ("", *FUNDS_TYPES):
            break
        if len(fields) >= 4 + funds_width(kind, fields, 4):
            break
        fields = fields + values
        more.pop(0)
    return fields, more


def _name_and_side(tree: dict[str, Tree], code: str) -> None:
    known = type_codes().get(code)
    if known:
        tree["type_name"] = known.name
    side = direction_of(code)
    if side:
        tree["direction"] = side
