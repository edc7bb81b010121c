"""Conversions as code: what is known of a value when a map is compiled costs nothing when it runs.

Constants and the entries of tables are converted once. Plain texts, most of what there is, are
converted where they stand; a function is called for anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors._engine import convert
from connectors._engine.convert import Convert
from connectors._engine.program import Program
from connectors._engine.run_state import Run

# Conversions that ask for nothing but the value, so that it is the same each time.
_LASTING = frozenset({convert.text, convert.code, convert.currency, convert.country, convert.flag})
_IN_PLACE = {
    convert.text: "{0}.strip() or None if {0}.__class__ is str and {0}.isascii()",
    convert.code: "{0}.strip() or None if {0}.__class__ is str and len({0}) < 65 and {0}.isascii()",
}


class _Trial(Run):
    """A run in which a value that does not fit is only noted."""

    __slots__ = ("unfits",)

    def __init__(self) -> None:
        super().__init__(())
        self.unfits = 0

    def unfit(self, place: int, value: Any, expected: str, hint: str | None = None) -> None:
        """Note it."""
        self.unfits += 1


@dataclass(frozen=True, eq=False)
class Ready:
    """A table whose entries already are what their field wants."""

    entries: Mapping[str, Any]


def settled(made: Convert | None, value: Any) -> tuple[bool, Any]:
    """Whether a constant can be converted now, and what it becomes."""
    if made is None or not (made in _LASTING or getattr(made, "of_choice", False)):
        return False, None
    trial = _Trial()
    found = made(value, trial, 0)
    return not trial.unfits and found is not None, found


def prepared_value(
    value: dict[str, Any], tables: Mapping[str, Mapping[str, Any]], made: Convert | None
) -> dict[str, Any] | None:
    """The value with constants and tables converted; None where something is left to convert."""
    if "first" in value and not {"through", "table"} & value.keys():
        parts = [isinstance(e, dict) and prepared_value(e, tables, made) for e in value["first"]]
        return {**value, "first": parts, "ready": True} if all(parts) else None
    if "const" in value:
        done, constant = settled(made, value["const"])
        return {**value, "const": constant} if done else None
    return _prepared_table(value, tables, made) if "table" in value else None


def _prepared_table(
    value: dict[str, Any], tables: Mapping[str, Mapping[str, Any]], made: Convert | None
) -> dict[str, Any] | None:
    otherwise = value.get("otherwise", "refuse")
    entries = {name: settled(made, each) for name, each in tables[value["table"]].items()}
    if otherwise == "keep" or not all(done for done, _ in entries.values()):
        return None
    if isinstance(otherwise, dict):
        done, constant = settled(made, otherwise["const"])
        if not done:
            return None
        otherwise = {"const": constant}
    table = Ready({name: each for name, (_, each) in entries.items()})
    return {**value, "table": table, "otherwise": otherwise}


def conversion(program: Program, made: Convert | None, value: str, place: int, rest: str) -> str:
    """An expression for a value as its field wants it; `rest` is the value where it is no text."""
    call = f"{program.constant(made)}({rest}, x, {place})"
    quick = _IN_PLACE[made].format(value) if made in _IN_PLACE else ""
    return f"None if {value} is None else {f'{quick} else ' if quick else ''}{call}"
