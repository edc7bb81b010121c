"""Faults of single values: texts, decimals, dates, counts, closed lists."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from canonical_model.base.scalars import DATE_PATTERN, DECIMAL_PATTERN, INSTANT_PATTERN


class Token(str):
    """A JSON number, as it was spelled."""

    __slots__ = ()


Fault: TypeAlias = tuple[str, str, str, str | None]
"""code, message, expected, hint."""

_decimal = re.compile(DECIMAL_PATTERN).match
_date = re.compile(DATE_PATTERN).match
_instant = re.compile(INSTANT_PATTERN).match
_number = re.compile(r"\s*([-+]?)0*([0-9][0-9_]*|)(\.[0-9]*)?(?:[eE]([-+]?[0-9]{1,2}))?\s*$").match


def leaf_fault(value: Any, node: inspect.Type) -> Fault | None:
    """What is wrong with a value of this type, or None."""
    judge = _JUDGES.get(type(node))
    return judge(value, node) if judge else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Token)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _judge_text(value: Any, node: inspect.StrType) -> Fault | None:
    if not _is_text(value):
        return "wrong_type", "not a text", "a text", 'put it in quotes, "…"'
    if not _encodable(value):
        return "text_invalid", "half of a surrogate pair", "text that UTF-8 can hold", None
    if value == "":
        return "text_empty", "empty text", "a text", "leave the field out when it is empty"
    if node.max_length is not None and len(value) > node.max_length:
        return "text_length", f"{len(value)} characters", f"at most {node.max_length}", None
    if node.min_length is not None and len(value) < node.min_length:
        return "text_length", f"{len(value)} characters", f"{node.min_length} characters", None
    return None


def _judge_decimal(value: Any, node: inspect.DecimalType) -> Fault | None:
    expected = 'a decimal as text, such as "119.00"'
    if isinstance(value, Token):
        hint = f'write "{plain}"' if (plain := _plain(value)) else None
        return "decimal_invalid", "a JSON number is not exact everywhere", expected, hint
    if not isinstance(value, str):
        return "decimal_invalid", "not a decimal", expected, None
    if _decimal(value):
        return None
    plain = _plain(value)
    hint = f'write "{plain}"' if plain else "digits, one point, at most 18 before and 9 after it"
    return "decimal_invalid", "not spelled as a canonical decimal", expected, hint


def _plain(text: str) -> str | None:
    """The canonical spelling that was probably meant."""
    found = _number(text)
    if found is None or not text.isascii():
        return None
    try:
        meant = format(msgspec.convert(text.strip(), type=Decimal), "f")
    except msgspec.ValidationError:
        return None
    meant = meant.removeprefix("-") if not meant.strip("-0.") else meant
    return meant if _decimal(meant) else None


def _judge_date(value: Any, node: inspect.DateType) -> Fault | None:
    expected = "a day, YYYY-MM-DD"
    if not _is_text(value) or not _date(value):
        return "date_invalid", "not spelled as a day", expected, "2026-01-31 is a day"
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return "date_invalid", "no such day in the calendar", expected, None
    return None


def _judge_instant(value: Any, node: inspect.DateTimeType) -> Fault | None:
    expected = "a moment with its offset, such as 2026-01-31T10:00:00Z"
    if not _is_text(value) or not _instant(value):
        return "instant_invalid", "not a moment, or without an offset", expected, None
    try:
        msgspec.convert(value, type=datetime.datetime).astimezone(datetime.UTC)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return "instant_invalid", "no such moment", expected, None
    return None


def _judge_count(value: Any, node: inspect.IntType) -> Fault | None:
    low, high = node.ge or 0, node.le or 0
    expected = f"a whole number from {low} to {high}, without quotes"
    if not isinstance(value, Token) or not re.fullmatch(r"-?[0-9]+", value):
        return "wrong_type", "not a whole number", expected, None
    if not low <= int(value) <= high:
        return "count_range", "out of range", expected, None
    return None


def _judge_flag(value: Any, node: inspect.BoolType) -> Fault | None:
    if isinstance(value, bool):
        return None
    return "wrong_type", "not true or false", "true or false", "without quotes"


def _judge_choice(value: Any, node: inspect.LiteralType) -> Fault | None:
    if _is_text(value) and value in node.values:
        return None
    names = [str(name) for name in node.values]
    near = get_close_matches(str(value), names, n=1)
    hint = f"did you mean {near[0]}?" if near else None
    return "choice_unknown", "not one of the choices", ", ".join(names), hint


_JUDGES: dict[type, Any] = {
    inspect.StrType: _judge_text,
    inspect.DecimalType: _judge_decimal,
    inspect.DateType: _judge_date,
    inspect.DateTimeType: _judge_instant,
    inspect.IntType: _judge_count,
    inspect.BoolType: _judge_flag,
    inspect.LiteralType: _judge_choice,
}
