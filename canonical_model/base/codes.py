"""Code lists of the standards: CSV files under `canonical_model/codes`, read when asked for.

A list is read once per process and never on import. How a list is laid out, which standard and
which edition it follows, and how to add a code: `canonical_model/codes/README.md`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeAlias

from canonical_model.errors import UnknownCodeList

Row: TypeAlias = Mapping[str, str]
"""One line of a list by column name; every list has `code` and `name`, an empty cell is ''."""

_SUFFIX = ".csv"
_HINTS = 3
_QUOTED = 40


@dataclass(frozen=True, slots=True, eq=False)
class CodeList:
    """One code list: its name and its rows by code, in the order of the codes."""

    name: str
    codes: Mapping[str, Row]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def __len__(self) -> int:
        return len(self.codes)

    def get(self, code: str) -> Row | None:
        """The row of `code`, or None when the list has no such code."""
        return self.codes.get(code)


@cache
def list_names() -> tuple[str, ...]:
    """The names of all lists there are, sorted."""
    found = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


@cache
def code_list(name: str) -> CodeList:
    """The list of that name; UnknownCodeList names the nearest ones when there is none."""
    if name not in list_names():
        raise UnknownCodeList(name, list_names())
    text = _folder().joinpath(name + _SUFFIX).read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text), strict=True)
    return CodeList(name, MappingProxyType({r["code"]: MappingProxyType(r) for r in rows}))


def is_code(list_name: str, code: str) -> bool:
    """Whether the list has exactly this code: letter case counts, as it does in the standards."""
    return code in code_list(list_name).codes


def currency_exponent(code: str) -> int | None:
    """How many decimals the currency has; None where none is stated (XAU), or for no currency."""
    return _exponents().get(code)


def nearest(list_name: str, code: str) -> tuple[str, ...]:
    """Up to three codes that may have been meant: those of that name first, then those alike."""
    codes = code_list(list_name).codes
    wanted = code.strip()[:_QUOTED].casefold()
    by_name = [key for key, row in codes.items() if row["name"].casefold() == wanted]
    folded = {key.casefold(): key for key in codes}
    alike = [folded[key] for key in get_close_matches(wanted, folded, n=_HINTS)]
    return tuple(dict.fromkeys(by_name + alike))[:_HINTS]


@cache
def _exponents() -> dict[str, int]:
    currencies = code_list("currency").codes
    return {code: int(row["exponent"]) for code, row in currencies.items() if row["exponent"]}


@cache
def _folder() -> Traversable:
    return files("canonical_model").joinpath("codes")
