"""QIF lines of account sections."""

from __future__ import annotations

from collections.abc import Iterator

from connectors._codecs.limits import Tree
from connectors._codecs.qif.lines import (
    ACCOUNT_FIELDS,
    ADDRESS,
    AMOUNTS,
    END,
    ENTRY_FIELDS,
    INVESTMENT_AMOUNTS,
    INVESTMENT_FIELDS,
    INVESTMENT_TYPES,
    SPLIT_AMOUNT,
    SPLIT_CATEGORY,
    SPLIT_MEMO,
    SPLIT_PERCENT,
)
from connectors.errors import CodecError

_SPLIT = {
    "category": SPLIT_CATEGORY,
    "memo": SPLIT_MEMO,
    "percent": SPLIT_PERCENT,
    "amount": SPLIT_AMOUNT,
}


def write_section(unit: Tree) -> Iterator[str]:
    """The account, if it is named, and its entries."""
    account: dict[str, str] = unit.get("account", {})
    if account:
        yield "!Account"
        yield from _lines(account, ACCOUNT_FIELDS)
        yield END
    yield f"!Type:{unit['type']}"
    investment = unit["type"] in INVESTMENT_TYPES
    fields = INVESTMENT_FIELDS if investment else ENTRY_FIELDS
    amounts = INVESTMENT_AMOUNTS if investment else AMOUNTS
    for entry in unit.get("entries", []):
        yield from _lines(_with_date(entry), fields | amounts)
        yield from (_line(ADDRESS, line) for line in entry.get("address", []))
        for split in entry.get("splits", []):
            # The category begins a split, so its line is written even when it has none.
            yield from _lines({"category": ""} | split, {v: k for k, v in _SPLIT.items()})
        yield from (_line("", line) for line in entry.get("other", []))
        yield END


def _with_date(entry: Tree) -> Tree:
    """Month first, as Quicken writes it, unless the date is there as it was read."""
    if "raw_date" in entry or "date" not in entry:
        return entry
    year, month, day = entry["date"].split("-")
    return {**entry, "raw_date": f"{month}/{day}/{year}"}


def _lines(tree: Tree, fields: dict[str, str]) -> Iterator[str]:
    for letter, name in fields.items():
        if name in tree:
            yield _line(letter, tree[name])


def _line(letter: str, text: str) -> str:
    if "\n" in text or "\r" in text:
        raise CodecError("bad_value", "a line break in a QIF value; put it on one line")
    return letter + text
