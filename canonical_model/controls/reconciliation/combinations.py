"""One line for several items, and several lines for one item, found by their sums."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from canonical_model.controls.reconciliation.lookup import OpenItems
from canonical_model.controls.reconciliation.movements import Movement
from canonical_model.controls.reconciliation.open_items import Item
from canonical_model.controls.reconciliation.options import Option, option
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.reasons import AMOUNTS, combined, reasons
from canonical_model.controls.reconciliation.settlement import (
    Settlement,
    days_apart,
    in_window,
)
from canonical_model.controls.reconciliation.subset_sums import prefix, subset

_EXACT = Settlement("exact", 0)
_MOST_OLDEST = 500
_MOST_LINES = 12


def several_items(
    movement: Movement, index: OpenItems, taken: set[str], policy: ReconciliationPolicy
) -> Option | None:
    """The open items of the counterparty that come to the amount of the line together."""
    left = _left_in_window(movement, index, taken, policy)
    if len(left) < 2:
        return None
    count = prefix([item.amount for item in left], movement.amount)
    if count is not None and count > 1:
        return _together([movement], left[:count], True, policy)
    near = sorted(left, key=lambda item: (days_apart(movement, item), item.handle))
    near = near[: policy.most_items]
    chosen = subset([item.amount for item in near], movement.amount, policy.most_items)
    if chosen is None or len(chosen.places) < 2:
        return None
    items = sorted((near[place] for place in chosen.places), key=lambda item: item.rank)
    return _together([movement], items, chosen.only, policy)


def _left_in_window(
    movement: Movement, index: OpenItems, taken: set[str], policy: ReconciliationPolicy
) -> list[Item]:
    """Items of the counterparty that may still be paid by the line, oldest first."""
    since = _days_before(movement, policy.days_after)
    found: dict[str, Item] = {}
    for party in movement.parties:
        for item in index.all_of(party, movement.currency, since):
            if item.handle not in taken and in_window(movement, item, policy):
                found[item.handle] = item
    return sorted(found.values(), key=lambda item: item.rank)[:_MOST_OLDEST]


def _days_before(movement: Movement, days: int) -> datetime.date:
    if movement.day is None or movement.day.toordinal() <= days:
        return datetime.date.min
    return movement.day - datetime.timedelta(days=days)


def several_lines(
    movements: Iterable[Movement], index: OpenItems, taken: set[str], policy: ReconciliationPolicy
) -> Iterator[Option]:
    """Lines of one counterparty that come to the amount of one item together."""
    by_party: dict[tuple[str, str], list[Movement]] = defaultdict(list)
    for movement in movements:
        for party in movement.parties:
            by_party[party, movement.currency].append(movement)
    for (party, currency), lines in sorted(by_party.items()):
        if len(lines) > 1:
            since = min(_days_before(line, policy.days_after) for line in lines)
            known = index.all_of(party, currency, since)
            left = [item for item in known if item.handle not in taken]
            yield from _sums_of_lines(lines[:_MOST_LINES], left[: policy.most_candidates], policy)


def _sums_of_lines(
    lines: list[Movement], items: list[Item], policy: ReconciliationPolicy
) -> Iterator[Option]:
    for item in items:
        near = [line for line in lines if in_window(line, item, policy)]
        chosen = subset([line.amount for line in near], item.amount, policy.most_items)
        if chosen is not None and len(chosen.places) > 1:
            yield _together([near[place] for place in chosen.places], [item], chosen.only, policy)


def _together(
    movements: Sequence[Movement],
    items: Sequence[Item],
    only: bool,
    policy: ReconciliationPolicy,
) -> Option:
    found = min(
        (reasons(movement, items, "exact", policy) for movement in movements),
        key=lambda each: (sum(reason.weight for reason in each), len(each)),
    )
    return option(movements, items, _EXACT, combined(found, only))


def instalments(parts: Sequence[Option]) -> Iterator[Option]:
    """Lines that each pay a part of one item by naming it, and all of it together."""
    by_item: dict[str, list[Option]] = defaultdict(list)
    for each in parts:
        if each.settled.fit == "part":
            by_item[each.items[0].handle].append(each)
    for _, several in sorted(by_item.items()):
        item = several[0].items[0]
        movements = {each.movements[0].place: each.movements[0] for each in several}
        lines = [movements[place] for place in sorted(movements)]
        if len(lines) > 1 and sum(line.amount for line in lines) == item.amount:
            weakest = min(several, key=lambda each: each.score)
            kept = [reason for reason in weakest.reasons if reason.basis != "part"]
            yield option(lines, [item], _EXACT, [*kept, AMOUNTS["exact"]])
