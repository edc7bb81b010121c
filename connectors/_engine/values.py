"""What generated code calls: transforms in a row, tables, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from connectors._engine.run_state import Run
from connectors.errors import TransformError


def text_of(value: Any) -> str | None:
    """A value as text, to be compared or looked up."""
    if value is None or value.__class__ is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def is_among(value: Any, texts: tuple[str, ...]) -> bool:
    """Whether a value is one of some texts; of several values, whether any is."""
    if value.__class__ is str:
        return value in texts
    if isinstance(value, list):
        return any(text_of(each) in texts for each in value)
    return text_of(value) in texts


def through_one(value: Any, run: Run, place: int, function: Callable[[Any], Any]) -> Any:
    """The value after one transform; a blank is nothing, what it refuses is reported."""
    if value.__class__ is str and not value.strip():
        return None
    try:
        return function(value)
    except TransformError as error:
        run.unfit(place, value, str(error))
        return None


def through(value: Any, run: Run, place: int, functions: tuple[Callable[[Any], Any], ...]) -> Any:
    """The value after each transform in turn; blanks are nothing, what one refuses is reported."""
    if value.__class__ is str and not value.strip():
        return None
    try:
        for function in functions:
            if value is None:
                return None
            value = function(value)
    except TransformError as error:
        run.unfit(place, value, str(error))
        return None
    return value


class OfCurrency(partial[Any]):
    """A transform that wants to know in which currency amounts are."""


def through_of_currency(
    value: Any, run: Run, place: int, functions: tuple[Callable[[Any], Any], ...]
) -> Any:
    """The same, where one of the transforms wants to know the currency."""
    told = (
        partial(f, currency=run.currency) if isinstance(f, OfCurrency) else f for f in functions
    )
    return through(value, run, place, tuple(told))


def look_up(
    value: Any, run: Run, place: int, table: Mapping[str, Any], otherwise: tuple[str, Any]
) -> Any:
    """The table's entry for a value, else what the map says: refuse, keep, absent, a constant."""
    key = text_of(value)
    if key is None or not (key := key.strip()):
        return None
    if key in table:
        return table[key]
    manner, constant = otherwise
    if manner == "refuse":
        run.unfit(place, key, f"one of {', '.join(sorted(table)[:12])}", "add it to the table")
        return None
    return {"keep": value, "absent": None}.get(manner, constant)
