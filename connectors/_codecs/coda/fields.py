"""Amounts, dates, accounts and transaction codes inside CODA records."""

from __future__ import annotations

import re

from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.short_dates import day_first

_MARKS = {"0": "C", "1": "D"}
_DOMESTIC = re.compile(r"(\d{12})\s+([A-Z]{3})\b")
_STRUCTURES = frozenset("0123")
_WITH_IBAN = frozenset("23")


def decimal_text(digits: str) -> str:
    """`000000001234560` as `1234.560`: CODA amounts have three decimals."""
    return f"{digits[:-3].lstrip('0') or '0'}.{digits[-3:]}"


def set_amount(tree: dict[str, str], log: NoticeLog, where: str) -> int:
    """Mark and amount of a balance or movement; answers with thousandths, debits below zero."""
    mark, digits = tree.get("mark", ""), tree.get("amount", "")
    if mark not in _MARKS:
        log.error("bad_mark", f"sign code '{mark}'; 0 is credit, 1 is debit", where)
        tree.pop("mark", None)
    else:
        tree["mark"] = _MARKS[mark]
    if not (len(digits) == 15 and digits.isascii() and digits.isdecimal()):
        log.error("not_numeric", f"amount '{digits}'; use 15 digits", where)
        tree.pop("amount", None)
        return 0
    tree["amount"] = decimal_text(digits)
    return -int(digits) if mark == "1" else int(digits)


def set_date(tree: dict[str, str], name: str, log: NoticeLog, where: str) -> None:
    """Turn DDMMYY into ISO; zeros go, and so does what is no date, with a notice."""
    raw = tree.pop(name, "")
    if not raw.strip("0"):
        return
    date = day_first(raw)
    if date:
        tree[name] = date
    else:
        log.warning("bad_date", f"{name} '{raw}'; use DDMMYY", where)


def read_account(text: str, structure: str, log: NoticeLog, where: str) -> dict[str, str]:
    """The 37 characters of account and currency, by the account structure code."""
    tree = {"structure": structure}
    if structure == "0":
        tree |= {"number": text[:12], "currency": text[13:16], "qualification": text[16:17]}
        tree |= {"country": text[17:19], "extension": text[22:37]}
    else:
        if structure not in _STRUCTURES:
            log.warning("account_structure", f"account structure '{structure}'; use 0 to 3", where)
        wide = 16 if structure == "2" else 34
        tree |= {"number": text[:wide], "currency": text[34:37]}
        if structure == "2":
            tree["extension"] = text[16:31]
    tree = {name: value.strip() for name, value in tree.items() if value.strip()}
    if structure in _WITH_IBAN and "number" in tree:
        tree["iban"] = tree["number"]
    return tree


def write_account(account: dict[str, str]) -> str:
    """The opposite of `read_account`."""
    number, currency = account.get("number", ""), account.get("currency", "")
    if account["structure"] == "0":
        text = f"{number:<12} {currency:<3}{account.get('qualification', ''):<1}"
        return f"{text}{account.get('country', ''):<2}   {account.get('extension', ''):<15}"
    if account["structure"] == "2":
        return f"{number:<16}{account.get('extension', ''):<18}{currency:<3}"
    return f"{number:<34}{currency:<3}"


def split_counterparty(text: str) -> tuple[str, str]:
    """Account and currency of a counterparty: an IBAN, or an older national number."""
    number, currency = text[:34].strip(), text[34:].strip()
    domestic = _DOMESTIC.match(number)
    if domestic and not currency:
        return domestic[1], domestic[2]
    return number, currency


def set_code_parts(tree: dict[str, str]) -> None:
    """Type, family, transaction and category of the transaction code (annex II)."""
    code = tree.get("code", "")
    if len(code) == 8:
        tree["type"], tree["family"] = code[0], code[1:3]
        tree["transaction"], tree["category"] = code[3:5], code[5:]
