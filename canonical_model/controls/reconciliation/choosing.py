"""Which of all possible matches stand: the likeliest first, no line and no item twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from canonical_model.controls.reconciliation.options import Option, Pairing
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.proposal import Reason

_TIE: Final = Reason(
    basis="tie",
    weight=Decimal("-0.25"),
    why="other open items would do as well; the oldest is named",
)


class Choice:
    """What is settled so far."""

    def __init__(self, policy: ReconciliationPolicy, refused: Collection[Pairing] = ()) -> None:
        self._policy = policy
        self._refused = refused
        self.chosen: list[Option] = []
        self.lines: set[tuple[str, int]] = set()
        self.items: set[str] = set()
        self._paid: dict[str, int] = {}

    def take(self, options: Iterable[Option]) -> None:
        """Settle what can be, the likeliest first."""
        for each in sorted(options, key=lambda option: option.turn(self._policy)):
            if self._fits(each):
                self._settle(each)

    def paid(self, handle: str) -> int:
        """How much of an item is settled in parts."""
        return self._paid.get(handle, 0)

    def _fits(self, option: Option) -> bool:
        if any(movement.place in self.lines for movement in option.movements):
            return False
        if self._refused and option.pairing in self._refused:
            return False
        if any(item.handle in self.items for item in option.items):
            return False
        begun = any(self.paid(item.handle) for item in option.items)
        return not begun or (option.settled.fit == "part" and self._room(option))

    def _room(self, option: Option) -> bool:
        """Whether a further part is still open."""
        item = option.items[0]
        paid = item.amount - option.settled.rest
        return abs(self.paid(item.handle) + paid) <= abs(item.amount)

    def _settle(self, option: Option) -> None:
        self.chosen.append(option)
        self.lines.update(movement.place for movement in option.movements)
        if option.settled.fit != "part":
            self.items.update(item.handle for item in option.items)
            return
        item = option.items[0]
        self._paid[item.handle] = self.paid(item.handle) + item.amount - option.settled.rest
        if self._paid[item.handle] == item.amount:
            self.items.add(item.handle)


def with_ties(options: Sequence[Option], policy: ReconciliationPolicy) -> list[Option]:
    """The options of one line; those that others equal are less sure, and never accepted.

    What a strong reference and the amount name equals all else that they name: a customer's own
    reference is on many invoices, and that one of them is nearer or states more decides nothing.
    """
    if len(options) < 2:
        return list(options)
    sure = [each for each in options if each.sure(policy)]
    best = sure or [each for each in options if each.score == options[0].score]
    if len(best) < 2:
        return list(options)
    return [less_sure(each, len(best) - 1) for each in options]


def less_sure(option: Option, others: int = 1) -> Option:
    """The option where others would do as well."""
    score = option.score * (1 + _TIE.weight)
    return replace(option, reasons=(*option.reasons, _TIE), score=score, alternatives=others)
