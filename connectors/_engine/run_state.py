"""What one run of a compiled map keeps: the currency's decimals, positions, what did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from canonical_model.base.issue import Issue

# Stands in templates of paths, where no name can hold it, for the number of an item.
POSITION = "\0"


Chain: TypeAlias = "tuple[Any, Chain] | None"


def dropped(chain: Chain, count: int) -> Chain:
    """A chain of holders without its nearest ones."""
    for _ in range(count):
        chain = chain and chain[1]
    return chain


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field comes from and goes to, with a `POSITION` for each item that is meant."""

    source: str
    target: str
    inside: int = 0
    """How many of the innermost items the source does not lie in."""


class Run:
    """The state of one run; made for each record."""

    __slots__ = (
        "base",
        "currency",
        "exponent",
        "indexes",
        "issues",
        "places",
        "positions",
        "root",
        "up",
    )

    def __init__(self, places: tuple[Place, ...], root: Any = None, base: int = 0) -> None:
        self.places = places
        self.root = root
        self.issues: list[Issue] = []
        self.base = base
        """What the source counts its items from."""
        self.up: Chain = None
        """What holds the node that is looked at, nearest first; kept only where a map asks."""
        self.positions: list[int] = []
        """Of the source's items, outermost first."""
        self.indexes: list[int] = []
        """Of the document's items, which are others where lists are merged or items left out."""
        self.exponent: int | None = None
        self.currency: str | None = None
        """The nearest one above, and its decimals."""

    def above(self, count: int) -> Any:
        """What holds the node, so many levels up; None outside of the payload."""
        chain = dropped(self.up, count - 1)
        return chain[0] if chain else None

    def unfit(self, place: int, value: Any, expected: str, hint: str | None = None) -> None:
        """Report a value that cannot become what its field wants; the field stays absent."""
        where = self.places[place]
        positions = self.positions[: len(self.positions) - where.inside]
        found = _cut(value)
        self.issues.append(
            Issue(
                code="value_unfit",
                severity="error",
                message=f"found {found}; expected {expected}",
                path=numbered(where.target, self.indexes),
                source_path=numbered(where.source, positions, self.base) or None,
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
