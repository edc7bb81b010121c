"""How old is what is still open: documents by the day they were due, bank lines by their day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal, NamedTuple

from canonical_model.base.scalars import Amount, Count, Currency, Date, Maybe, Part, Text, says
from canonical_model.controls.reconciliation.movements import movements_of
from canonical_model.controls.reconciliation.open_items import items_of
from canonical_model.controls.reconciliation.whole_units import amount_of
from canonical_model.envelope import Context, Record

Side = Literal["receivable", "payable", "bank_in", "bank_out"]

_BOUNDS: Final = (0, 30, 60, 90)
_ANYONE: Final = Context()


class AgeRow(Part, frozen=True, kw_only=True):
    """What is open on one side, in one currency, of one age."""

    side: Annotated[Side, says("Owed to us, by us, or on the bank account without a document")]
    currency: Annotated[Maybe[Currency], says("Currency")] = None
    bucket: Annotated[
        Text, says("Days past due, or since booking", examples=["not due", "1-30", "over 90"])
    ]
    count: Annotated[Count, says("How many")]
    amount: Annotated[Amount, says("Their sum; credit notes are below zero")]
    oldest: Annotated[Maybe[Date], says("The oldest day among them")] = None


class Ageing(Part, frozen=True, kw_only=True):
    """The table of a day."""

    as_of: Annotated[Date, says("The day")]
    rows: Annotated[list[AgeRow], says("By side, currency and age, youngest first")] = []


class _Open(NamedTuple):
    side: Side
    currency: str
    day: datetime.date | None
    amount: int


def ageing(
    records: Mapping[str, Record],
    as_of: datetime.date,
    *,
    only: Collection[str] | None = None,
    bounds: Sequence[int] = _BOUNDS,
    context: Context = _ANYONE,
) -> Ageing:
    """The age of open documents and bank lines; `only` names those that reconciling left over."""
    kept = records if only is None else {each: records[each] for each in only if each in records}
    groups: dict[tuple[Side, str, int], list[_Open]] = defaultdict(list)
    for each in _all(kept, context):
        groups[each.side, each.currency, _bucket(each.day, as_of, bounds)].append(each)
    rows = [_row(key, groups[key], bounds) for key in sorted(groups)]
    return Ageing(as_of=as_of, rows=rows)


def _all(records: Mapping[str, Record], context: Context) -> Iterator[_Open]:
    movements, _ = movements_of(records)
    for movement in movements:
        side: Side = "bank_in" if movement.amount > 0 else "bank_out"
        yield _Open(side, movement.currency, movement.day, abs(movement.amount))
    for item in items_of(records, context)[0]:
        ours = (item.amount > 0) != (item.kind == "credit_note")
        amount = item.amount if ours else -item.amount
        yield _Open(
            "receivable" if ours else "payable", item.currency, item.due or item.day, amount
        )


def _bucket(day: datetime.date | None, as_of: datetime.date, bounds: Sequence[int]) -> int:
    """Which it falls into: 0 is not due, -1 has no day."""
    if day is None:
        return -1
    late = (as_of - day).days
    return sum(late > bound for bound in bounds)


def _row(key: tuple[Side, str, int], found: list[_Open], bounds: Sequence[int]) -> AgeRow:
    side, currency, bucket = key
    return AgeRow(
        side=side,
        currency=currency or None,
        bucket=_called(bucket, bounds),
        count=len(found),
        amount=amount_of(sum(each.amount for each in found), currency),
        oldest=min((each.day for each in found if each.day is not None), default=None),
    )


def _called(bucket: int, bounds: Sequence[int]) -> str:
    if bucket < 0:
        return "no day"
    if bucket == 0:
        return "not due"
    if bucket == len(bounds):
        return f"over {bounds[-1]}"
    return f"{bounds[bucket - 1] + 1}-{bounds[bucket]}"
