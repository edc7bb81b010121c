"""What OFX asks of the leaves that a statement cannot do without (OFX 1.0.3, chapter 11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from lxml import etree

from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.ofx.units import STATEMENTS

_AMOUNT = re.compile(r"\s*[+-]?\s*(?:\d[\d.,' ]*|[.,]\d+)[+-]?\s*")
_DATE = re.compile(r"\s*\d{8}")
_KINDS = (("TRNAMT", _AMOUNT, "an amount"), ("DTPOSTED", _DATE, "a date as YYYYMMDD"))


def _finder(path: str) -> Callable[[Any], list[Any]]:
    """A compiled path, its answers in the type they have for paths to nodes and texts."""
    return cast("Callable[[Any], list[Any]]", etree.XPath(path, smart_strings=False))


_all_transactions = _finder("descendant::STMTTRN")
_incomplete = _finder("descendant::STMTTRN[not(TRNAMT and DTPOSTED and FITID)]")
_texts = {name: _finder(f"descendant::STMTTRN/{name}/text()") for name, _, _ in _KINDS}


def check_transactions(root: Any, log: NoticeLog) -> None:
    """Amounts and dates of all transactions of a tree, found sound in a few strokes if they are."""
    transactions = _all_transactions(root)
    sound = not _incomplete(root) and all(
        len(texts := _texts[name](root)) == len(transactions)
        and all(map(pattern.fullmatch if pattern is _AMOUNT else pattern.match, texts))
        for name, pattern, _ in _KINDS
    )
    if not sound:
        for number, transaction in enumerate(transactions, 1):
            _check_one(transaction, log, f"STMTTRN {number}")


def check_item(item: Any, log: NoticeLog, number: int) -> None:
    """The same for one item of a list, which need not be a bank transaction."""
    for transaction in item.iter("STMTTRN"):
        _check_one(transaction, log, f"STMTTRN {number}")


def _check_one(transaction: Any, log: NoticeLog, where: str) -> None:
    for name, pattern, kind in _KINDS:
        text = transaction.findtext(name)
        if not (text or "").strip():
            log.error("missing", f"no {name} in a transaction; give {kind}", where)
        elif not (pattern.fullmatch(text) if pattern is _AMOUNT else pattern.match(text)):
            log.error("unreadable", f"{name} '{text.strip()[:30]}'; use {kind}", where)
    if transaction.find("FITID") is None:
        log.warning("missing", "no FITID in a transaction; give it its own", where)


def check_statements(root: Any, log: NoticeLog) -> None:
    """Accounts and balances of the statements in a tree."""
    for balance in root.iter("LEDGERBAL", "AVAILBAL"):
        text = balance.findtext("BALAMT") or ""
        if not _AMOUNT.fullmatch(text):
            found = f"BALAMT '{text.strip()[:30]}' in {balance.tag}"
            log.error("unreadable", f"{found}; use an amount")
    for statement in root.iter(*STATEMENTS):
        if statement.find("*/ACCTID") is None:
            log.error("no_account", f"no ACCTID in {statement.tag}; say whose statement it is")
