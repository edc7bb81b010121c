"""CODA records of a statement's tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors._codecs.coda.communication import write_structured
from connectors._codecs.coda.fields import write_account
from connectors._codecs.coda.layouts import (
    COMMUNICATION,
    FREE_TEXT,
    HEADER,
    INFORMATION,
    MOVEMENT,
    MOVEMENT_PARTY,
    MOVEMENT_PARTY_REFS,
    NEW_ACCOUNT,
    NEW_BALANCE,
    OLD_ACCOUNT,
    OLD_BALANCE,
    STRUCTURED_FLAG,
    TRAILER,
    WIDTH,
)
from connectors._codecs.limits import Tree
from connectors._codecs.short_dates import to_day_first
from connectors.errors import CodecError

_MARKS = {"C": "0", "D": "1"}
_DATES = ("created_date", "date", "value_date", "booking_date")
_NEXT, _LINK = 125, 127
_ACCOUNT_TEXTS = ("structure", "holder", "description")
_ROOM = {kind: cut.stop - cut.start for kind, cut in COMMUNICATION.items()}


def write_statement(unit: Tree) -> list[str]:
    """Records 0 to 9 of one statement."""
    account: dict[str, str] = unit["account"]
    texts = {name: account[name] for name in _ACCOUNT_TEXTS if name in account}
    header = HEADER.write({"version": "2"} | _wire(unit), start="00000")
    opening = OLD_BALANCE.write(_wire(unit["opening"]) | _sequences(unit) | texts, start="1")
    lines = [line for entry in unit.get("entries", []) for line in _entry(entry)]
    _link(lines)
    closing: dict[str, str] = unit.get("closing", unit["opening"])
    sequence = {"sequence": unit["sequence"]} if "sequence" in unit else {}
    balance = NEW_BALANCE.write(_wire(closing) | sequence, start="8")
    written = write_account(account)
    free = [_put(_put(" " * WIDTH, slice(0, 1), "4"), FREE_TEXT, text) for text in _free(unit)]
    return [
        header,
        _put(opening, OLD_ACCOUNT, written),
        *lines,
        _put(_put(balance, NEW_ACCOUNT, written), slice(_LINK, WIDTH), "1" if free else "0"),
        *free,
        _trailer(unit, len(lines) + 2),
    ]


def _free(unit: Tree) -> list[str]:
    free: list[str] = unit.get("free", [])
    return free


def _sequences(unit: Tree) -> dict[str, str]:
    return {name: unit[name] for name in ("sequence", "coded_sequence") if name in unit}


def _trailer(unit: Tree, records: int) -> str:
    fields = {"records": str(records), "more": unit.get("trailer", {}).get("more", "2")}
    for name, mark in (("debit", "D"), ("credit", "C")):
        total = sum(
            int(_digits(entry["amount"])) for entry in unit["entries"] if entry["mark"] == mark
        )
        fields[name] = str(total)
    return TRAILER.write(fields, frozenset({"records", "debit", "credit"}), "9")


def _entry(entry: Tree) -> Iterator[str]:
    yield from _movement(entry)
    yield from _infos(entry)
    for detail in entry.get("details", []):
        yield from _movement(detail)
        yield from _infos(detail)


def _movement(entry: Tree) -> Iterator[str]:
    communication: dict[str, str] = entry.get("communication", {})
    structured = "type" in communication
    text = write_structured(communication) if structured else communication.get("text", "")
    pieces = _split(text, ("21", "22", "23"))
    fields = {"detail": "0000", "globalisation": "0"} | _wire(entry)
    first = MOVEMENT.write(fields, start="21")
    party = dict(fields)
    party["counterparty_account"] = _counterparty(fields)
    records = [
        _put(first, slice(STRUCTURED_FLAG["21"], STRUCTURED_FLAG["21"] + 1), str(int(structured))),
        MOVEMENT_PARTY_REFS.write(fields, start=f"22{_numbers(fields)}"),
        MOVEMENT_PARTY.write(party, start=f"23{_numbers(fields)}"),
    ]
    yield from _chained(records, pieces, ("21", "22", "23"))


def _counterparty(fields: dict[str, str]) -> str:
    account, currency = (
        fields.get("counterparty_account", ""),
        fields.get("counterparty_currency", ""),
    )
    return f"{account:<34}{currency}" if currency else account


def _infos(entry: Tree) -> Iterator[str]:
    for info in entry.get("info", []):
        communication = {name: info[name] for name in info if name not in INFORMATION.names}
        if "structured" in info:
            text = write_structured(communication | {"type": info["structured"]})
        else:
            text = info.get("text", "")
        fields = _wire(info) | {"sequence": entry["sequence"]}
        first = INFORMATION.write(fields, start="31")
        flag = slice(STRUCTURED_FLAG["31"], STRUCTURED_FLAG["31"] + 1)
        records = [
            _put(first, flag, str(int("structured" in info))),
            f"32{_numbers(fields)}".ljust(WIDTH),
            f"33{_numbers(fields)}".ljust(WIDTH),
        ]
        yield from _chained(records, _split(text, ("31", "32", "33")), ("31", "32", "33"))


def _chained(records: list[str], pieces: list[str], kinds: tuple[str, ...]) -> Iterator[str]:
    """The records that say something, each but the last marked as having a next one."""
    last = 0
    for at, record in enumerate(records):
        if pieces[at].strip() or record[10:].strip():
            last = at
    for at, record in enumerate(records[: last + 1]):
        line = _put(record, COMMUNICATION[kinds[at]], pieces[at])
        yield _put(line, slice(_NEXT, _NEXT + 1), "1" if at < last else "0")


def _split(text: str, kinds: tuple[str, ...]) -> list[str]:
    pieces = []
    for kind in kinds:
        pieces.append(text[: _ROOM[kind]])
        text = text[_ROOM[kind] :]
    if text.strip():
        raise CodecError("bad_value", "a communication is too long; use information records")
    return pieces


def _link(lines: list[str]) -> None:
    """Mark records that are followed by information on the same movement."""
    following = ""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        linked = following[:6] == f"31{line[2:6]}" and line[_NEXT] == "0"
        lines[at] = _put(line, slice(_LINK, WIDTH), "1" if linked else "0")
        following = line


def _numbers(fields: dict[str, str]) -> str:
    return f"{fields['sequence']:0>4}{fields['detail']:0>4}"


def _put(record: str, cut: slice, text: str) -> str:
    size = cut.stop - cut.start
    if len(text) > size or not text.isprintable():
        raise CodecError("bad_value", f"a text is too long; give at most {size} characters")
    return record[: cut.start] + text.ljust(size) + record[cut.stop :]


def _digits(amount: str) -> str:
    """`12.345` as `12345`; missing decimals are zeros."""
    whole, _, decimals = amount.partition(".")
    digits = whole + decimals.ljust(3, "0")
    if not whole or len(decimals) > 3 or not (digits.isascii() and digits.isdecimal()):
        raise CodecError("bad_value", f"amount '{amount[:20]}'; use up to three decimals")
    return digits.rjust(15, "0")


def _wire(tree: dict[str, Any]) -> dict[str, str]:
    """The text fields of a tree as the records have them."""
    fields = {name: value for name, value in tree.items() if isinstance(value, str)}
    for name in _DATES:
        if name in fields:
            fields[name] = to_day_first(fields[name])
        elif name != "created_date":
            fields[name] = "000000"
    if "mark" in fields:
        fields["mark"] = _MARKS[fields["mark"]]
    if "amount" in fields:
        fields["amount"] = _digits(fields["amount"])
    return fields
