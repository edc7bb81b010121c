"""What one run of a compiled map keeps: the currency's decimals, positions, what did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canonical_model.base.issue import Issue

# Stands in templates of paths, where no name can hold it, for the number of an item.
POSITION = "\0"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field comes from and goes to, with a `POSITION` for each item that is meant."""

    source: str
    target: str


class Run:
    """The state of one run; made for each record."""

    __slots__ = ("base", "exponent", "indexes", "issues", "places", "positions", "root")

    def __init__(self, places: tuple[Place, ...], root: Any = None, base: int = 0) -> None:
        self.places = places
        self.root = root
        self.issues: list[Issue] = []
        self.base = base
        """What the source counts its items from."""
        self.positions: list[int] = []
        """Of the source's items, outermost first."""
        self.indexes: list[int] = []
        """Of the document's items, which are others where lists are merged or items left out."""
        self.exponent: int | None = None

    def unfit(self, place: int, value: Any, expected: str, hint: str | None = None) -> None:
        """Report a value that cannot become what its field wants; the field stays absent."""
        where = self.places[place]
        found = _cut(value)
        self.issues.append(
            Issue(
                code="value_unfit",
                severity="error",
                message=f"found {found}; expected {expected}",
                path=numbered(where.target, self.indexes),
                source_path=numbered(where.source, self.positions, self.base) or None,
                expected=expected,
                actual=found,
                hint=hint,
            )
        )


def numbered(template: str, positions: list[int], base: int = 0) -> str:
    """A path with its items' numbers: the innermost ones, as paths from the root skip the outer."""
    count = template.count(POSITION)
    for position in positions[len(positions) - count :] if count else ():
        template = template.replace(POSITION, f"[{position + base}]", 1)
    return template.replace(POSITION, "[*]")


def _cut(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
