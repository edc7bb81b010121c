"""Bank lines against open items: every line is proposed for something, unmatched or skipped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import attrgetter
from typing import Final

from canonical_model.controls.reconciliation.choosing import Choice, less_sure, with_ties
from canonical_model.controls.reconciliation.combinations import (
    instalments,
    several_items,
    several_lines,
)
from canonical_model.controls.reconciliation.lookup import OpenItems
from canonical_model.controls.reconciliation.movements import Movement, Place, movements_of
from canonical_model.controls.reconciliation.open_items import Item, items_of
from canonical_model.controls.reconciliation.options import Option, Pairing, options
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.proposal import (
    DifferenceKind,
    ItemPart,
    LinePart,
    Proposal,
    Reconciliation,
    Unreconciled,
)
from canonical_model.controls.reconciliation.settlement import Fit
from canonical_model.controls.reconciliation.whole_units import amount_of
from canonical_model.envelope import Context, Record

_USUAL: Final = ReconciliationPolicy()
_ANYONE: Final = Context()
_NEAR: Final = 3
_ROUNDS: Final = 3
_DIFFERENCES: Final[dict[Fit, DifferenceKind]] = {
    **{"exact": "none", "discount": "discount", "fee": "fee", "fee_stated": "fee"},
    **{
        "exchange": "exchange",
        "part": "short",
        "over": "over",
        "converted": "exchange",
        "unknown": "exchange",
    },
}


def reconcile(
    lines: Mapping[str, Record],
    open_items: Mapping[str, Record],
    policy: ReconciliationPolicy = _USUAL,
    context: Context = _ANYONE,
    *,
    taken: Collection[Place] = (),
    refused: Collection[Pairing] = (),
) -> Reconciliation:
    """Match bank transactions and statements with invoices, credit notes and payments.

    Both are given by the handles the caller knows them by. The context tells the direction of
    documents that do not state it. The order in which anything is given does not matter. `taken`
    are the places of lines that are settled already; `refused` is what a person has said no to.
    """
    movements, skipped_lines = movements_of(lines)
    movements = [each for each in movements if each.place not in taken]
    items, skipped_items = items_of(open_items, context)
    index = OpenItems(items)
    found = {each.place: _options(each, index, policy, refused) for each in movements}
    choice = Choice(policy, refused)
    _named_or_alone(movements, items, found, choice, policy)
    _by_their_sum(movements, index, choice, policy)
    ranked = sorted(choice.chosen, key=attrgetter("rank"))
    return Reconciliation(
        proposals=[_proposal(each, policy) for each in ranked],
        unmatched_lines=[
            _unmatched(each, found[each.place])
            for each in movements
            if each.place not in choice.lines
        ],
        open_items=[item.handle for item in items if item.handle not in choice.items],
        skipped=[*skipped_lines, *skipped_items],
    )


def _options(
    movement: Movement,
    index: OpenItems,
    policy: ReconciliationPolicy,
    refused: Collection[Pairing],
) -> list[Option]:
    found = options(movement, index, policy)
    return with_ties([each for each in found if each.pairing not in refused], policy)


def _named_or_alone(
    movements: list[Movement],
    items: list[Item],
    found: Mapping[tuple[str, int], list[Option]],
    choice: Choice,
    policy: ReconciliationPolicy,
) -> None:
    """Settle what is named, or alone in its amount.

    Of many items that would do as well only the nearest are looked at; a line that came too late
    for these is looked at again with what is left.
    """
    single = [option for several in found.values() for option in several]
    choice.take([*instalments(single), *single])
    for _ in range(_ROUNDS):
        late = [each for each in movements if _too_late(each, found, choice)]
        if not late:
            return
        index = OpenItems(item for item in items if item.handle not in choice.items)
        again = [less_sure(each) for line in late for each in options(line, index, policy)]
        choice.take(again)


def _too_late(
    movement: Movement, found: Mapping[tuple[str, int], list[Option]], choice: Choice
) -> bool:
    known = found[movement.place]
    return movement.place not in choice.lines and bool(known) and known[0].alternatives > 0


def _by_their_sum(
    movements: list[Movement], index: OpenItems, choice: Choice, policy: ReconciliationPolicy
) -> None:
    """Settle what only comes together by its sum."""
    left = [each for each in movements if each.place not in choice.lines]
    taken = choice.items | {option.items[0].handle for option in choice.chosen}
    sums = (several_items(each, index, taken, policy) for each in left if each.parties)
    combined = [each for each in sums if each is not None]
    combined += several_lines(left, index, taken, policy)
    choice.take(each for each in combined if each.score >= policy.propose_at)


def _proposal(option: Option, policy: ReconciliationPolicy) -> Proposal:
    currency = option.items[0].currency or option.movements[0].currency
    rest = option.settled.rest
    return Proposal(
        lines=[
            LinePart(
                line=each.handle,
                detail=each.detail,
                amount=amount_of(each.amount, each.currency),
                currency=each.currency or None,
            )
            for each in option.movements
        ],
        items=[_item_part(each, option) for each in option.items],
        decision="accept" if option.sure(policy) else "propose",
        score=option.score,
        difference=_DIFFERENCES[option.settled.fit],
        difference_amount=amount_of(rest, currency) if rest else None,
        reasons=list(option.reasons),
        alternatives=option.alternatives,
    )


def _item_part(item: Item, option: Option) -> ItemPart:
    part = option.settled.fit == "part"
    settled = item.amount - option.settled.rest if part else item.amount
    return ItemPart(
        item=item.handle,
        kind=item.kind,
        amount=amount_of(item.amount, item.currency),
        settled=amount_of(settled, item.currency),
        currency=item.currency or None,
        settles=list(item.settles),
    )


def _unmatched(movement: Movement, found: list[Option]) -> Unreconciled:
    near = [item.handle for option in found[:_NEAR] for item in option.items]
    why = "nothing open has its reference, its counterparty and its amount"
    if found:
        why = "what it fits is already settled by another line; perhaps it was paid twice"
    return Unreconciled(handle=movement.handle, detail=movement.detail, why=why, near=near)
