"""Trees back to BAI2, with control totals and counts computed, for simulators and tests.

Normal form, what a tree looks like once written and read again: amounts are written from
`raw_amount` where present, else from `amount`; every text goes into continuations of its own,
cut to what a line of 80 holds; `trailer` is computed; neighbours with the same `file` and the
same `group` stand in one file and one group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from connectors._codecs.bai2.fields import EXPONENTS, control_units
from connectors._codecs.limits import Tree
from connectors.errors import CodecError

_WIDTH = 80
_TEXT = _WIDTH - len("88,/")
_AMOUNT = re.compile(r"(-?)(\d{1,20})(?:\.(\d{1,8}))?", re.ASCII)
_TYPE = re.compile(r"\d{3}", re.ASCII)
_UNSAFE = re.compile(r"[,/\r\n]")


def encode(units: Iterable[Tree], *, newline: str = "\r\n", encoding: str = "ascii") -> bytes:
    """One file a run of units with the same `file`; raises `CodecError` where a tree has gaps."""
    lines: list[str] = []
    try:
        for _, accounts in groupby(units, key=lambda unit: unit["file"]):
            lines += _file(list(accounts))
    except (KeyError, TypeError, AttributeError) as error:
        raise CodecError("bad_tree", f"account without {error}; see the tree") from error
    try:
        return "".join(line + newline for line in lines).encode(encoding)
    except UnicodeEncodeError as error:
        raise CodecError("bad_encoding", f"not {encoding}; pass encoding='utf-8'") from error


def _file(units: list[Tree]) -> list[str]:
    head = units[0]["file"]
    names = ("sender", "receiver", "file_date", "file_time", "file_id", "record_length")
    values = [_header_value(head, name) for name in (*names, "block_size")]
    lines = _record(["01", *values, "2"])
    total = groups = 0
    for _, accounts in groupby(units, key=lambda unit: unit["group"]):
        group_lines, group_total = _group(list(accounts))
        lines += group_lines
        total += group_total
        groups += 1
    return [*lines, f"99,{total},{groups},{len(lines) + 1}/"]


def _group(units: list[Tree]) -> tuple[list[str], int]:
    head = units[0]["group"]
    names = ("receiver", "originator", "status", "as_of_date", "as_of_time", "currency")
    values = [_header_value(head, name) for name in (*names, "date_modifier")]
    lines = _record(["02", *values])
    total = 0
    for unit in units:
        account_lines, account_total = _account(unit)
        lines += account_lines
        total += account_total
    return [*lines, f"98,{total},{len(units)},{len(lines) + 1}/"], total


def _account(unit: Tree) -> tuple[list[str], int]:
    currency = unit["currency"]
    exponent = EXPONENTS.get(currency, 2)
    fields = ["03", unit.get("account", ""), currency]
    amounts: list[str] = []
    for summary in unit.get("summaries", ()):
        amounts.append(_raw(summary, exponent))
        fields += [_type(summary), amounts[-1], summary.get("count", "")]
        fields += _funds(summary, exponent)
    if "summaries" not in unit:
        fields.append("")
    lines = _record(fields)
    for entry in unit.get("entries", ()):
        amounts.append(_raw(entry, exponent))
        lines += _entry(entry, amounts[-1], exponent)
    total = sum(control_units(text, exponent) or 0 for text in amounts if text)
    return [*lines, f"49,{total},{len(lines) + 1}/"], total


def _entry(entry: Tree, amount: str, exponent: int) -> Iterator[str]:
    fields = ["16", _type(entry), amount, *_funds(entry, exponent)]
    # Behind the funds a continuation would be read as text: the references stay on this line.
    references = (entry.get("bank_ref", ""), entry.get("customer_ref", ""), "")
    yield from _record(fields, references)
    for text in entry.get("text", ()):
        for at in range(0, len(text), _TEXT):
            part = text[at : at + _TEXT].replace("\r", " ").replace("\n", " ")
            # A slash at the end would be taken for the end of the record.
            yield f"88,{part}/" if part.endswith("/") else f"88,{part}"


def _record(fields: list[str], inseparable: tuple[str, ...] = ()) -> list[str]:
    """Lines of 80 places, cut between fields; what is inseparable stays with the last field."""
    for field in (*fields, *inseparable):
        if _UNSAFE.search(field):
            raise CodecError(
                "bad_tree", f"comma, slash or line end in {field[:20]!r}; only text may have them"
            )
    fields[-1] = ",".join((fields[-1], *inseparable))
    lines: list[str] = []
    line = fields[0]
    for field in fields[1:]:
        if len(line) + len(field) + 2 > _WIDTH and "," in line:
            lines.append(line + "/")
            line = "88"
        line += "," + field
    return [*lines, line + "/"]


def _header_value(head: Tree, name: str) -> str:
    if name.endswith("_date"):
        return _date(head, name)
    return _time(head, name) if name.endswith("_time") else str(head.get(name, ""))


def _date(tree: Tree, key: str) -> str:
    text = tree.get(key, "")
    return str(tree.get(f"{key}_raw", "")) or text[2:].replace("-", "")


def _time(tree: Tree, key: str) -> str:
    text = tree.get(key, "")
    return str(tree.get(f"{key}_raw", "")) or text.replace(":", "")


def _type(tree: Tree) -> str:
    code = str(tree["type"])
    if not _TYPE.fullmatch(code):
        raise CodecError("bad_tree", f"type {code[:20]!r}; three digits are needed")
    return code


def _raw(tree: Tree, exponent: int) -> str:
    if "raw_amount" in tree or "amount" not in tree:
        return str(tree.get("raw_amount", ""))
    found = _AMOUNT.fullmatch(tree["amount"])
    cents = (found[3] or "") if found else ""
    if found is None or len(cents.rstrip("0")) > exponent:
        raise CodecError(
            "bad_amount",
            f"{tree['amount'][:20]!r} is no amount of {exponent} decimals; correct it",
        )
    digits = (found[2] + cents[:exponent].ljust(exponent, "0")).lstrip("0")
    return found[1] + (digits or "0")


def _funds(tree: Tree, exponent: int) -> list[str]:
    """The funds type and what belongs to it."""
    kind = tree.get("funds_type", "")
    funds = tree.get("funds", {})
    if kind == "V":
        return [kind, _date(funds, "value_date"), _time(funds, "value_time")]
    days = {each["days"]: _raw(each, exponent) for each in funds.get("availability", ())}
    if kind == "S":
        return [kind, *(days.get(day, "") for day in "012")]
    if kind == "D":
        return [kind, str(len(days)), *(text for pair in days.items() for text in pair)]
    return [kind]
