"""Transforms of texts."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from connectors._transforms.registry import transform
from connectors.errors import TransformError


def spelled(value: Any) -> str:
    """A value as the text it would be on paper; `TransformError` for objects and lists."""
    if value.__class__ is str:
        return value
    if isinstance(value, dict | list):
        raise TransformError("a single value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else str(value)


@transform()
def upper(value: Any) -> str:
    """In capitals."""
    return spelled(value).upper()


@transform()
def lower(value: Any) -> str:
    """In small letters."""
    return spelled(value).lower()


@transform()
def before(value: Any, *, mark: str) -> str:
    """What stands before a mark; all of it where there is none."""
    return spelled(value).partition(mark)[0]


@transform()
def after(value: Any, *, mark: str) -> str | None:
    """What stands after a mark; nothing where there is none."""
    _, found, rest = spelled(value).partition(mark)
    return rest if found else None


@transform()
def between(value: Any, *, start: str, end: str) -> str | None:
    """What stands between two marks; nothing where they are missing."""
    _, found, rest = spelled(value).partition(start)
    inner, ended, _ = rest.partition(end)
    return inner if found and ended else None


@transform()
def captured(value: Any, *, pattern: str) -> str | None:
    """The first group of a regular expression, else all of it; nothing where it does not match.

    The expression has to match the whole text; a dot also matches line ends.
    """
    found = _compiled(pattern).fullmatch(spelled(value).strip())
    return found[found.re.groups and 1] if found else None


_compiled = lru_cache(maxsize=1024)(partial(re.compile, flags=re.DOTALL))


@transform()
def masked_number(value: Any) -> str:
    """The first six and last four of a card's digits; shorter numbers stay, being cut already."""
    digits = "".join(spelled(value).split())
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}" if len(digits) > 10 else digits


@transform()
def part(value: Any, *, start: int = 0, length: int = 10**6) -> str | None:
    """So many characters from a position, counted from 0."""
    return spelled(value)[start : start + length] or None


@transform()
def without_prefix(value: Any, *, prefix: str) -> str:
    """Without a prefix, where it has it."""
    return spelled(value).removeprefix(prefix)


@transform()
def with_prefix(value: Any, *, prefix: str) -> str:
    """With a prefix put before it."""
    return prefix + spelled(value)


@transform()
def replace(value: Any, *, old: str, new: str) -> str:
    """Each occurrence of one text replaced by another."""
    return spelled(value).replace(old, new)


@transform()
def split(value: Any, *, mark: str) -> list[str]:
    """The pieces between marks, blank ones left out."""
    return [piece.strip() for piece in spelled(value).split(mark) if piece.strip()]


@transform()
def unless(value: Any, *, texts: list) -> Any:  # type: ignore[type-arg]
    """Nothing where it is one of these texts, which mean nothing in their system."""
    return None if spelled(value).strip() in texts else value


@transform(several=True)
def join(values: Any, *, mark: str = " ") -> str | None:
    """Several texts in one, blank ones left out."""
    pieces = [spelled(value).strip() for value in values if value not in (None, "")]
    return mark.join(pieces) or None


@transform(several=True)
def coalesce(values: Any) -> Any:
    """The first of several that is there."""
    return next((value for value in values if value not in (None, "")), None)


@transform(several=True)
def other(values: Any) -> Any:
    """The first of the others that is there and differs from the first."""
    first, *others = values or (None,)
    return next((value for value in others if value not in (None, "", first)), None)


@transform(several=True)
def last(values: Any) -> Any:
    """The last of several that is there."""
    return next((value for value in reversed(list(values)) if value not in (None, "")), None)


@transform(several=True)
def count_of(values: Any) -> int:
    """How many there are."""
    return len(values)
