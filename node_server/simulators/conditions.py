"""What a list is asked for, in the query languages that manifests use.

select * from Bill where DocNumber = '7' and TxnDate >= '2026-01-01'    SQL-like
vendorInvoiceNumber eq '7' and lastModifiedDateTime gt 2026-01-01       OData
InvoiceNumber=="7" AND Contact.ContactID==Guid("…")                     Xero
lastModifiedDate ON_OR_AFTER "2026-01-01"                               NetSuite
[["bill_no", "=", "7"]]                                                 Frappe, Odoo, Tryton
["OR", ["write_date", ">=", "…"], ["create_date", ">=", "…"]]           Tryton
[{"$eq": {"billNumber": "B1"}}]                                         Intacct
created_at[gte]=2026-01-01                                              brackets
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from node_server.simulators.clock import moment_of
from node_server.simulators.places import at, steps_of

_SPELLINGS = {
    "=": ("=", "==", "eq", "is", "equals", "on"),
    "!=": ("!=", "<>", "ne", "is_not"),
    ">": (">", "gt", "after"),
    ">=": (">=", "ge", "gte", "on_or_after", "min"),
    "<": ("<", "lt", "before"),
    "<=": ("<=", "le", "lte", "on_or_before", "max"),
    "in": ("in",),
    "like": ("like", "ilike"),
}
_MEANING = {spelling: meaning for meaning, all_ in _SPELLINGS.items() for spelling in all_}
_WORDS = "|".join(sorted((w for w in _MEANING if w.isidentifier()), key=len, reverse=True))
_TERM = re.compile(
    rf"\s*(?P<path>[A-Za-z_@][\w@.\[\]-]*)\s*(?P<op>==|!=|<>|>=|<=|=|>|<|\b(?:{_WORDS})\b)\s*"
    r"(?P<kind>[A-Za-z]\w*(?=['(\"]))?\(?(?P<value>'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\\.)*\""
    r"|[^\s'\"()]+(?:,[^\s'\"()]+)*)\)?\s*",
    re.IGNORECASE,
)
_JOIN = re.compile(r"(?:and\b|&&)\s*", re.IGNORECASE)
_WHERE = re.compile(
    r"\bwhere\b(?P<where>.*?)(?:\border\s?by\b.*|\bstartposition\b.*|\bmaxresults\b.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_BRACKET = re.compile(r"(?P<path>[^\[\]]+)\[(?P<op>[a-z_]+)\]")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class NotUnderstood(ValueError):
    """A condition in no language known here."""


@dataclass(frozen=True)
class Condition:
    """One comparison that a row must meet; of those in an `or`, one is enough."""

    path: str
    op: str
    value: Any

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether it does."""
        if self.op == "or":
            return any(each.holds(row) for each in self.value)
        found = value_at(row, self.path)
        if self.op == "in":
            return any(_same(found, each) for each in self.value)
        if self.op in ("=", "!="):
            return _same(found, self.value) == (self.op == "=")
        if self.op == "like":
            return _like(found, str(self.value))
        return _ordered(found, self.value, _ORDER[self.op])


def infix(text: str) -> list[Condition]:
    """The comparisons of a text, joined by `and`; no `or` is known."""
    found: list[Condition] = []
    position = 0
    while position < len(text.rstrip()):
        term = _TERM.match(text, position)
        if term is None:
            raise NotUnderstood(f"{text[position : position + 40]!r}; use comparisons and `and`")
        op = _MEANING[term["op"].lower()]
        found.append(Condition(term["path"], op, _literal(term["value"], term["kind"] or "")))
        position = term.end()
        if position < len(text.rstrip()):
            position = _joined(text, position)
    return found


def _joined(text: str, position: int) -> int:
    join = _JOIN.match(text, position)
    if join is None:
        raise NotUnderstood(f"{text[position : position + 40]!r}; comparisons are joined by `and`")
    return join.end()


def sql(text: str) -> list[Condition]:
    """The comparisons behind `where`."""
    found = _WHERE.search(text)
    return infix(found["where"].strip()) if found else []


def triples(text: str | list[Any]) -> list[Condition]:
    """A list of [field, operator, value]; Frappe also puts the name of the table first.

    A list that begins with "OR" asks for one of its members (Tryton).
    """
    try:
        rows = json.loads(text) if isinstance(text, str) else text
        if rows[:1] == ["OR"]:
            return [Condition("", "or", tuple(_triple(list(row)) for row in rows[1:]))]
        return [_triple(list(row)) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotUnderstood(
            f"{str(text)[:40]!r}; use a list of [field, operator, value]"
        ) from error


def _triple(row: list[Any]) -> Condition:
    path, op, value = row[-3:]
    return Condition(str(path), _MEANING[str(op).lower()], value)


def filters(rows: list[Any]) -> list[Condition]:
    """A list of {"$operator": {field: value}}, all of which must hold."""
    try:
        return [
            Condition(str(path), _MEANING[op.removeprefix("$")], value)
            for row in rows
            for op, compared in row.items()
            for path, value in compared.items()
        ]
    except (KeyError, AttributeError) as error:
        raise NotUnderstood(f"{str(rows)[:40]!r}; use {{operator: {{field: value}}}}") from error


def bracketed(name: str, value: str) -> list[Condition]:
    """`created_at[gte]`; nothing where the name has no bracket with an operator."""
    found = _BRACKET.fullmatch(name)
    op = _MEANING.get(found["op"]) if found else None
    return [Condition(found["path"], op, value)] if found and op else []


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """The value of a row: a member of that very name, a path, or a name in other letters."""
    if path in row:
        return row[path]
    found = at(row, steps_of(path))
    if found is not None:
        return found
    return next((value for name, value in row.items() if name.lower() == path.lower()), None)


def _literal(text: str, kind: str) -> Any:
    if kind.lower() == "datetime" and "," in text:
        year, month, day = (int(part) for part in text.split(",")[:3])
        return f"{year:04}-{month:02}-{day:02}"
    if text[:1] == "'":
        return re.sub(r"''|\\(.)", lambda m: m[1] or "'", text[1:-1])
    if text[:1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return {"true": True, "false": False, "null": None}.get(text.lower(), text)


def _same(found: Any, wanted: Any) -> bool:
    if found is None or wanted is None:
        return found is wanted
    if isinstance(found, bool) or isinstance(wanted, bool):
        return str(found).lower() == str(wanted).lower()
    if isinstance(found, str) or str(found) == str(wanted):
        return str(found) == str(wanted)
    left, right = number_of(found), number_of(wanted)
    return left is not None and left == right


def _like(found: Any, pattern: str) -> bool:
    pattern = pattern if "%" in pattern else f"%{pattern}%"  # Odoo puts them there itself
    pieces = (re.escape(piece) for piece in pattern.split("%"))
    return re.fullmatch(".*".join(pieces), str(found or ""), re.IGNORECASE | re.DOTALL) is not None


def _ordered(found: Any, wanted: Any, compare: Callable[[Any, Any], bool]) -> bool:
    if found is None:
        return False
    for read in (moment_of, number_of):
        left, right = read(found), read(wanted)
        if left is not None and right is not None:
            return compare(left, right)
    return compare(str(found), str(wanted))


def number_of(value: Any) -> Decimal | None:
    """The number that a value is or spells; nothing where it is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def every(conditions: list[Condition], rows: Iterator[Any]) -> list[Any]:
    """The rows that meet all conditions."""
    return [row for row in rows if all(each.holds(row.record) for each in conditions)]
