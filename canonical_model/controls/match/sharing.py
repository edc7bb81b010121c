"""Sharing the quantity of a line out among order lines: oldest room first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine, Purpose, measure
from canonical_model.controls.match.pool import Pool
from canonical_model.controls.match.ratios import NOTHING, over, times
from canonical_model.controls.match.units import Units

Enter = Callable[[OrderLine, Fraction], None]
"""Enters a quantity into an order line, so that the next one finds less room."""

Shares = dict[OrderLine, Fraction | None]
"""How much of each order line; None where the units do not convert, or nothing is stated."""


@dataclass(slots=True, eq=False)
class Sharing:
    """One line that is being shared out."""

    entry: Entry
    purpose: Purpose
    units: Units
    enter: Enter
    left: Fraction = NOTHING
    shares: Shares = field(default_factory=dict)

    def among(self, pools: list[Pool]) -> Shares:
        """All of it; what has no room anywhere goes to the last line, where it will be noticed."""
        amount = measure(self.entry)
        self.left = abs(amount or NOTHING)
        for pool in pools:
            self._fill(pool)
        if self.left > 0 or not self.shares:
            last = next(reversed(self.shares), None) or self._fallback(pools)
            self._put(last, self.left, stated=amount is not None)
        return self.shares

    def _fallback(self, pools: list[Pool]) -> OrderLine:
        rooms = (pool.first(self.purpose) for pool in pools)
        return next((line for line in rooms if line is not None), pools[0].lines[-1])

    def _fill(self, pool: Pool) -> None:
        while self.left > 0 and (line := pool.first(self.purpose)) is not None:
            rate = line.rate(self.entry, self.units)
            if not rate or rate < 0:
                return
            self._put(line, min(self.left, over(line.room(self.purpose), rate)))

    def _put(self, line: OrderLine, part: Fraction, stated: bool = True) -> None:
        rate = line.rate(self.entry, self.units) if stated else None
        if rate is None:
            self.shares[line] = None
            return
        self.left -= part
        quantity = times(part, rate if rate > 0 else -rate)
        self.enter(line, quantity)
        self.shares[line] = (self.shares.get(line) or NOTHING) + quantity
