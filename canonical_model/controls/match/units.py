"""One unit in another: UN/ECE Rec 20 within a dimension, and how items are packed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache

from canonical_model.base.codes import code_list
from canonical_model.controls.match.ratios import ONE, fraction
from canonical_model.controls.match.settings import Conversion
from canonical_model.identity.normalise import alphanumeric

_Steps = dict[str, list[tuple[str, Fraction]]]


class Units:
    """Conversions between units, for items in general and for some in particular."""

    def __init__(self, conversions: Iterable[Conversion] = ()) -> None:
        self._packed: dict[str, _Steps] = {}
        for each in conversions:
            factor = fraction(each.factor)
            if factor is not None and factor > 0:
                steps = self._packed.setdefault(item_number(each.item), {})
                steps.setdefault(each.unit, []).append((each.of, factor))
                steps.setdefault(each.of, []).append((each.unit, 1 / factor))

    def factor(self, unit: str | None, wanted: str | None, items: Iterable[str]) -> Fraction | None:
        """How many `wanted` one `unit` is; None when nobody has said so. Unstated units agree."""
        if unit == wanted or unit is None or wanted is None:
            return ONE
        if (general := _within_dimension(unit, wanted)) is not None:
            return general
        steps = [self._packed[each] for each in sorted(items) if each in self._packed]
        return _search(unit, wanted, steps) if steps else None


def item_number(number: str) -> str:
    """An item's number as it is compared: only letters and digits, and a GTIN of any length."""
    key = alphanumeric(number)
    return key.lstrip("0") or "0" if key.isdigit() else key


def _search(unit: str, wanted: str, packed: list[_Steps]) -> Fraction | None:
    """Along the item's own conversions, shortest way first, and within dimensions between them."""
    known = {unit: ONE}
    queue = deque([unit])
    while queue:
        here = queue.popleft()
        if (last := _within_dimension(here, wanted)) is not None:
            return known[here] * last
        for there, step in _next(here, packed):
            if there not in known:
                known[there] = known[here] * step
                queue.append(there)
    return None


def _next(here: str, packed: list[_Steps]) -> Iterable[tuple[str, Fraction]]:
    for steps in packed:
        for start, ways in steps.items():
            if (bridge := _within_dimension(here, start)) is not None:
                yield from ((there, bridge * step) for there, step in ways)


def _within_dimension(unit: str, wanted: str) -> Fraction | None:
    if unit == wanted:
        return ONE
    table = _table()
    if unit in table and wanted in table:
        (dimension, factor), (other, divisor) = table[unit], table[wanted]
        return factor / divisor if dimension == other else None
    return None


@cache
def _table() -> dict[str, tuple[str, Fraction]]:
    rows = code_list("unit_factor").codes.items()
    return {code: (row["dimension"], Fraction(Decimal(row["factor"]))) for code, row in rows}
