"""The single fields of MT940 and MT942: dates, amounts, accounts, balances, statement lines.

Every function takes the text of a field and answers with its tree, or with None where the field
cannot be read; nothing here knows of statements or of positions.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from connectors._codecs.limits import Tree
from connectors._codecs.short_dates import year_first

_BALANCE = re.compile(
    r"\s*R?([CD])\s*(\d{8}(?=\s*[A-Z])|\d{6})\s*([A-Z]{3})?\s*(\d[\d.,]*|,\d+)", re.I
)
_ENTRY = re.compile(
    r"\s*(\d{6})([\d ]*)(R?[CD]|E[CD])([A-Z]?) *(\d[\d.,]*|,\d+) *(.*)", re.IGNORECASE | re.DOTALL
)
_LOOSE_ENTRY = re.compile(r"(R?[CD])[A-Z]?\s*(\d+[.,]\d*)")
_FLOOR = re.compile(r"\s*([A-Z]{3})\s*([CD])?\s*(\d[\d.,]*|,\d+)")
_TOTAL = re.compile(r"\s*(\d+)\s*([A-Z]{3})\s*(\d[\d.,]*|,\d+)")
_TIME = re.compile(r"\s*(\d{6})\s*(\d{2})(\d{2})\s*([+-]\d{4})?")
ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}|\d{9,10}|P\d{9}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_WITH_CURRENCY = re.compile(r"(.*\d)\s*([A-Z]{3})")
_LONGEST_ACCOUNT = 140  # the standard has 35
_EMPTY_OR_PADDED = ("", "0")
_LONGEST_AMOUNT = 24  # the standard has 15; more than this is noise and would cost exactness


def iso_date(digits: str) -> str | None:
    """`YYMMDD` or `YYYYMMDD` as ISO text; None when there is no such day."""
    if len(digits) == 6:
        return year_first(digits)
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def entry_date(value_date: str, month_day: str) -> str | None:
    """The year of an `MMDD` entry date: the one that lies nearest to the value date."""
    year = int(value_date[:-4])
    distance = int(month_day[:2]) - int(value_date[-4:-2])
    if distance > 6:
        year -= 1
    elif distance < -6:
        year += 1
    width = len(value_date) - 4
    return iso_date(f"{year % 10**width:0{width}d}{month_day}")


def amount(raw: str) -> str:
    """`1234,5` as `1234.5`: the last separator is the decimal one, zero padding goes."""
    whole, mark, cents = raw.partition(",")
    if not mark or "." in raw or "," in cents:
        whole, mark, cents = raw.replace(",", ".").rpartition(".")
        whole, cents = (whole.replace(".", ""), cents) if mark else (cents, "")
    if whole[:1] in _EMPTY_OR_PADDED:
        whole = whole.lstrip("0") or "0"
    return f"{whole}.{cents}" if cents else whole


def balance(kind: str, value: str) -> dict[str, Tree] | None:
    """Fields 60, 62, 64 and 65."""
    found = _BALANCE.match(value)
    if found is None or len(found[4]) > _LONGEST_AMOUNT:
        return None
    mark, day, currency, figures = found.groups()
    tree: dict[str, Tree] = {"kind": kind, "mark": mark.upper()}
    iso = iso_date(day)
    tree["date" if iso else "date_raw"] = iso or day
    if currency:
        tree["currency"] = currency.upper()
    tree["amount"] = amount(figures)
    return tree


def statement_line(value: str) -> dict[str, Tree] | None:
    """Field 61, its first line; the supplementary details are the caller's."""
    found = _ENTRY.match(value)
    if found is None or len(found[5]) > _LONGEST_AMOUNT:
        return None
    day, more, mark, funds, figures, rest = found.groups()
    tree: dict[str, Tree] = {}
    if len(more) == 4 and " " not in more:
        _dates(tree, day, more)
    else:
        _odd_dates(tree, day + more.replace(" ", ""))
    tree["mark"] = mark.upper()
    if funds:
        tree["funds_code"] = funds.upper()
    tree["amount"] = amount(figures)
    if rest:
        _type_and_references(tree, rest)
    return tree


def loose_statement_line(value: str) -> dict[str, Tree]:
    """What can still be told of a field 61 that follows no known layout."""
    tree: dict[str, Tree] = {"raw": value}
    found = _LOOSE_ENTRY.search(value)
    if found and len(found[2]) <= _LONGEST_AMOUNT:
        tree |= {"mark": found[1], "amount": amount(found[2])}
    day = iso_date(value[:6]) if value[:6].isdecimal() and value[:6].isascii() else None
    if day:
        tree["value_date"] = day
    return tree


def _dates(tree: dict[str, Tree], day: str, month_day: str) -> None:
    value = iso_date(day)
    tree["value_date" if value else "value_date_raw"] = value or day
    if month_day:
        entry = entry_date(day, month_day)
        tree["entry_date" if entry else "entry_date_raw"] = entry or month_day


def _odd_dates(tree: dict[str, Tree], digits: str) -> None:
    """No entry date (6), one without its leading zero (9), or years of four digits (8, 12)."""
    if len(digits) in (8, 12) and digits.startswith(("19", "20")):
        _dates(tree, digits[:8], digits[8:])
    elif len(digits) == 9:
        _dates(tree, digits[:6], "0" + digits[6:])
    else:
        _dates(tree, digits[:6], "")
        if len(digits) > 6:
            tree["entry_date_raw"] = digits[6:]


def _type_and_references(tree: dict[str, Tree], rest: str) -> None:
    """Subfields 6 to 8: `NTRF`, reference for the account owner, `//` reference of the bank."""
    if rest[0].isalpha() and not rest.startswith("NONREF"):
        tree["type"] = rest[:4].rstrip()
        rest = rest[4:]
    customer, _, bank = rest.partition("//")
    if len(customer) > 17 and customer[15] == " " != customer[16]:
        # A reference padded to its 16 places: what follows on the line are the details.
        name, customer = customer[16:].rstrip(), customer[:16].rstrip()
        tree["supplementary"] = name
        tree["details"] = {"counterparty": name}
        if ACCOUNT.fullmatch(customer):
            tree["details"]["counterparty_account"] = customer
    customer, bank = customer.strip(), bank.strip()
    if customer and customer != "NONREF":
        tree["customer_ref"] = customer
    if bank and bank != "NONREF":
        tree["bank_ref"] = bank


def account_parts(raw: str) -> dict[str, Tree]:
    """Field 25: `bank/number`, an IBAN or a bare number, each with or without a currency."""
    return dict(_account_parts(raw[:_LONGEST_ACCOUNT]))


@lru_cache(maxsize=1024)
def _account_parts(raw: str) -> dict[str, Tree]:
    parts = [part.strip() for part in raw.split("/") if part.strip()]
    tree: dict[str, Tree] = {}
    if len(parts) > 1 and len(parts[-1]) == 3 and parts[-1].isalpha():
        tree["currency"] = parts.pop().upper()
    if len(parts) > 1:
        tree["bank"] = parts.pop(0)
    number = "/".join(parts)
    found = _WITH_CURRENCY.fullmatch(number)
    if found and not _is_iban(number):
        number = found[1]
        tree["currency"] = found[2]
    if number:
        tree["number"] = number
    solid = number.replace(" ", "").upper()
    if _IBAN.fullmatch(solid):
        tree["iban"] = solid
    return tree


def _is_iban(text: str) -> bool:
    solid = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(solid):
        return False
    turned = solid[4:] + solid[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1  # ISO 13616


def floor_limit(value: str) -> dict[str, Tree] | None:
    """Field 34F of MT942: a limit for one side, or for both when it has no mark."""
    found = _FLOOR.match(value)
    if found is None or len(found[3]) > _LONGEST_AMOUNT:
        return None
    tree: dict[str, Tree] = {"currency": found[1]}
    if found[2]:
        tree["mark"] = found[2]
    tree["amount"] = amount(found[3])
    return tree


def entry_totals(value: str) -> dict[str, Tree] | None:
    """Fields 90C and 90D of MT942: number and sum of the entries."""
    found = _TOTAL.match(value)
    if found is None or len(found[3]) > _LONGEST_AMOUNT:
        return None
    count = found[1].lstrip("0") or "0"
    return {"count": count, "currency": found[2], "amount": amount(found[3])}


def report_time(value: str) -> dict[str, Tree]:
    """Fields 13 and 13D: when an MT942 was made, with its offset when stated."""
    found = _TIME.match(value)
    day = iso_date(found[1]) if found else None
    if found is None or day is None or found[2] > "23" or found[3] > "59":
        return {"raw": value.strip()}
    offset = f"{found[4][:3]}:{found[4][3:]}" if found[4] else ""
    return {"timestamp": f"{day}T{found[2]}:{found[3]}:00{offset}"}
