"""Field NS: lines that start with two digits, in place of field 86 (older German banks)."""

from __future__ import annotations

from connectors._codecs.limits import Tree

_PURPOSE = tuple(f"{number:02}" for number in range(1, 15))
_KEYS = {
    "17": "posting_text",
    "18": "primanota",
    "33": "counterparty_bank",
    "34": "counterparty_account",
}
_NAME = ("15", "16")


def numbered_lines(value: str) -> dict[str, Tree]:
    """`{"01": "text", ...}`; a line without a number continues the one before."""
    lines: dict[str, list[str]] = {}
    last: list[str] = []
    for line in value.split("\n"):
        number = line[:2]
        if number.isdecimal() and number not in lines:
            last = lines[number] = [line[2:].strip()]
        else:
            last.append(line.strip())
    joined = {number: " ".join(texts).strip() for number, texts in lines.items()}
    return {number: text for number, text in joined.items() if text}


def numbered_details(lines: dict[str, Tree]) -> dict[str, Tree]:
    """The details of an entry whose text stands in field NS."""
    tree = {key: lines[number] for number, key in _KEYS.items() if number in lines}
    name = "".join(lines[number] for number in _NAME if number in lines)
    if name:
        tree["counterparty"] = name
    purpose = [lines[number] for number in _PURPOSE if number in lines]
    if purpose:
        tree["purpose"] = purpose
    known = {*_KEYS, *_NAME, *_PURPOSE}
    other = {number: text for number, text in lines.items() if number not in known}
    if other:
        tree["other"] = other
    return tree
