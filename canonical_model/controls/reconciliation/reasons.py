"""Why a line and some items belong together, each reason with its weight, and the score of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from canonical_model.controls.reconciliation.movements import Movement
from canonical_model.controls.reconciliation.open_items import Item
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.proposal import Reason
from canonical_model.controls.reconciliation.settlement import Fit, in_window
from canonical_model.controls.screening.likeness import likeness

_ALIKE: Final = 85
_STEP: Final = Decimal("0.0001")


def _reason(basis: str, weight: str, why: str) -> Reason:
    return Reason(basis=basis, weight=Decimal(weight), why=why)


# Prefix of a key and what it means that both sides have it
_KEYS: Final = {
    "uetr": _reason("uetr", "0.99", "the same unique end-to-end transaction reference (UETR)"),
    "e2e": _reason("end_to_end", "0.97", "the same end-to-end id"),
    "ref": _reason("creditor_reference", "0.97", "the payment reference that was asked for"),
    "said": _reason("reference", "0.6", "the same reference, too short to be sure of"),
    "batch": _reason("batch", "0.95", "the same payment batch"),
    "instr": _reason("instruction", "0.95", "the same instruction id"),
    "id": _reason("provider_id", "0.97", "the provider names it by its own id"),
    "rec": _reason("provider_id", "0.97", "the line names it by its record"),
}
_STATED = _reason("number_stated", "0.85", "the remittance advice names the document")
_IN_TEXT = _reason("number_in_text", "0.7", "the text names the document's number")
_LOOSELY = _reason("number_in_text", "0.5", "the text names the number without its prefix")
_ACCOUNT = _reason("account", "0.5", "the account is the counterparty's")
_PARTY = _reason("party", "0.4", "an identifier of the counterparty is the same")
_NAME = _reason("name", "0.35", "the counterparty has the same name")
_LIKE = _reason("name_alike", "0.25", "the counterparty has a similar name")
_DAY = _reason("day", "0.1", "the day fits")
AMOUNTS: Final[dict[Fit, Reason]] = {
    "exact": _reason("amount", "0.6", "the amount is the same"),
    "discount": _reason("discount", "0.55", "the amount is the same less the early discount"),
    "fee_stated": _reason("fee_stated", "0.55", "the amount is the same less the stated charges"),
    "exchange": _reason("exchange", "0.6", "the amount in the document's currency is the same"),
    "converted": _reason("converted", "0.4", "the amount is the same at the stated rate"),
    "unknown": _reason("currency", "-0.3", "the currencies differ and no amount in it is stated"),
    "fee": _reason("fee", "0.3", "the amount is the same but for what a bank may charge"),
    "part": _reason("part", "-0.2", "only a part is paid"),
    "over": _reason("over", "-0.4", "more is paid than is open"),
}
_OTHER_ACCOUNT = _reason("other_account", "-0.3", "another account than the document asks for")
_RETURNED = _reason("returned", "-0.4", "it is a return of an earlier payment")
_OUTSIDE = _reason("outside_window", "-0.3", "the day is far from when it was due")
_LATE = _reason("outside_window", "-0.06", "the day is far from when it was due")
_UNSTATED = _reason("currency", "-0.1", "the currency is not stated on both sides")
_SEVERAL = _reason("combination", "-0.2", "several documents come to the amount together")
_NOT_ONLY = _reason("other_combination", "-0.3", "other documents would come to it as well")


def reasons(
    movement: Movement, items: Sequence[Item], fit: Fit, policy: ReconciliationPolicy
) -> list[Reason]:
    """What speaks for the line settling just these items, and what against."""
    found = [*_named(movement, items), *_of_party(movement, items), AMOUNTS[fit]]
    if all(in_window(movement, item, policy) for item in items):
        found.append(_DAY)
    else:
        found.append(_LATE if is_strong(found, policy) else _OUTSIDE)
    if movement.returned is not None:
        found.append(_RETURNED)
    if not movement.currency or not all(item.currency for item in items):
        found.append(_UNSTATED)
    return found


def is_strong(found: Sequence[Reason], policy: ReconciliationPolicy) -> bool:
    """Whether one of the reasons is a reference that the tenant calls strong."""
    return any(each.basis in policy.strong for each in found)


def combined(found: list[Reason], only: bool) -> list[Reason]:
    """The reasons of a set that was found by its sum alone."""
    return [*found, _SEVERAL] if only else [*found, _SEVERAL, _NOT_ONLY]


def score_of(found: Sequence[Reason]) -> Decimal:
    """1 - Π(1 - w) of what speaks for it, less by each share that speaks against it."""
    open_, kept = Decimal(1), Decimal(1)
    for each in found:
        if each.weight > 0:
            open_ *= 1 - each.weight
        else:
            kept *= 1 + each.weight
    return ((1 - open_) * kept).quantize(_STEP).normalize()


def _named(movement: Movement, items: Sequence[Item]) -> Iterator[Reason]:
    """How the line names the items; it counts only where it names every one."""
    naming = [_name_of(movement, item) for item in items]
    told = [each for each in naming if each is not None]
    if naming and len(told) == len(naming):
        yield min(told, key=lambda each: each.weight)


def _name_of(movement: Movement, item: Item) -> Reason | None:
    shared = {key.partition(":")[0] for key in movement.keys & item.keys}
    if shared:
        return max((_KEYS[sort] for sort in shared), key=lambda each: each.weight)
    if item.number and item.number in movement.numbers:
        return _STATED
    if item.number and item.number in movement.words:
        return _IN_TEXT
    return _LOOSELY if item.loose and item.loose in movement.words else None


def _of_party(movement: Movement, items: Sequence[Item]) -> Iterator[Reason]:
    shared = movement.parties.intersection(*(item.parties for item in items))
    sorts = {party.partition(":")[0] for party in shared}
    if "iban" in sorts:
        yield _ACCOUNT
    if sorts - {"iban", "name"}:
        yield _PARTY
    if "name" in sorts:
        yield _NAME
    elif not shared and movement.name.words:
        if all(likeness(movement.name, item.name) >= _ALIKE for item in items):
            yield _LIKE
    if movement.amount < 0 and "iban" not in sorts and _other_account(movement, items):
        yield _OTHER_ACCOUNT


def _other_account(movement: Movement, items: Sequence[Item]) -> bool:
    """Whether money went to an account that none of the documents names."""
    paid_to = {party for party in movement.parties if party.startswith("iban:")}
    asked = {party for item in items for party in item.parties if party.startswith("iban:")}
    return bool(paid_to) and bool(asked)
