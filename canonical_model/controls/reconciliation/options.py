"""The matches that are possible for a line: single items, the items it names, combinations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import TypeAlias

from canonical_model.controls.reconciliation.lookup import OpenItems
from canonical_model.controls.reconciliation.movements import Movement, Place
from canonical_model.controls.reconciliation.open_items import Item
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.proposal import Reason
from canonical_model.controls.reconciliation.reasons import is_strong, reasons, score_of
from canonical_model.controls.reconciliation.settlement import (
    EXPLAINED,
    Settlement,
    days_apart,
    settlement,
)

Pairing: TypeAlias = tuple[frozenset[Place], frozenset[str]]
"""The lines and the items of a match, whatever speaks for it."""


@dataclass(frozen=True, slots=True)
class Option:
    """Lines that may settle items; one of the two is usually a single one."""

    movements: tuple[Movement, ...]
    items: tuple[Item, ...]
    settled: Settlement
    reasons: tuple[Reason, ...]
    score: Decimal
    alternatives: int = 0

    @property
    def pairing(self) -> Pairing:
        """What it puts together."""
        places = frozenset(each.place for each in self.movements)
        return places, frozenset(each.handle for each in self.items)

    @property
    def rank(self) -> tuple[object, ...]:
        """Most likely first, then the first to come, then the nearest; never by order of input."""
        return -self.score, *self._in_time

    @property
    def _in_time(self) -> tuple[object, ...]:
        movement = self.movements[0]
        come = movement.day.toordinal() if movement.day is not None else 0
        apart = sum(days_apart(movement, item) for item in self.items)
        handles = [item.handle for item in self.items]
        return come, len(self.items), apart, handles, [each.place for each in self.movements]

    def turn(self, policy: ReconciliationPolicy) -> tuple[object, ...]:
        """When it is its turn to be settled.

        What is sure comes first, in the order of the days: of two payments for one invoice the
        first settles it, though the second may say more.
        """
        return (0, *self._in_time) if self.sure(policy) else (1, *self.rank)

    def sure(self, policy: ReconciliationPolicy) -> bool:
        """Whether it needs no person: a strong reference, an explained amount and no equal."""
        if self.score < policy.accept_at or self.alternatives:
            return False
        return self.settled.fit in EXPLAINED and is_strong(self.reasons, policy)


def option(
    movements: Sequence[Movement],
    items: Sequence[Item],
    settled: Settlement,
    found: Sequence[Reason],
) -> Option:
    """The option with its score."""
    return Option(tuple(movements), tuple(items), settled, tuple(found), score_of(found))


def options(movement: Movement, index: OpenItems, policy: ReconciliationPolicy) -> list[Option]:
    """Every option of one line that is likely enough to be told, the likeliest first."""
    named = index.named_by(movement, policy)
    found = {item.handle: item for item in named}
    found |= {item.handle: item for item in index.of_party(movement, policy)}
    if not found:
        found = {item.handle: item for item in index.of_amount(movement, policy)}
    sets = [(item,) for item in found.values()], _named_together(movement, named)
    each_once = {tuple(item.handle for item in items): items for items in chain(*sets)}
    fits = (_fitting(movement, items, policy) for items in each_once.values())
    likely = [each for each in fits if each is not None and each.score >= policy.propose_at]
    return sorted(likely, key=lambda each: each.rank)


def _fitting(
    movement: Movement, items: Sequence[Item], policy: ReconciliationPolicy
) -> Option | None:
    settled = settlement(movement, items, policy)
    if settled is None or (len(items) > 1 and settled.fit in ("part", "over")):
        return None
    return option([movement], items, settled, reasons(movement, items, settled.fit, policy))


def _named_together(movement: Movement, named: list[Item]) -> Iterator[tuple[Item, ...]]:
    """All items that the line names, by each key that names several, and all of them together."""
    if len(named) < 2:
        return
    for key in sorted(movement.keys):
        group = tuple(item for item in named if key in item.keys)
        if 1 < len(group) < len(named):
            yield group
    yield tuple(named)
