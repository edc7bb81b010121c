"""What holds of every match: order is irrelevant, tolerances are monotone, units do not matter."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from canonical_model import wire
from canonical_model.base.codes import code_list
from canonical_model.controls.match import Limit, MatchRule, MatchSettings, match, match_all
from canonical_model.controls.match.descriptions import likeness, tokens
from canonical_model.controls.match.ratios import decimal, fraction
from canonical_model.controls.match.units import Units
from canonical_model.documents.invoice import Bill
from tests.canonical_model.controls.trade import (
    credit,
    invoice,
    line,
    moved,
    order,
    receipt,
    returned,
)
from tests.strategies import documents

FEW = st.integers(1, 4)
FEWER = settings(max_examples=30)
QUANTITY = st.integers(1, 12)
PRICE = st.sampled_from(["4", "5", "5.25", "6"])
ITEM = st.sampled_from(["A", "B", "C"])


@st.composite
def trades(draw: st.DrawFn) -> tuple[Any, list[Any]]:
    """A bill, and what is known besides it: orders, receipts, returns, other bills."""
    numbers = [f"PO-{n}" for n in range(draw(FEW))]
    known: list[Any] = [order(number, *draw(trade_lines(None))) for number in numbers]
    known += [receipt(f"GR-{n}", *draw(move_lines(numbers))) for n in range(draw(FEW))]
    known += [returned("RT-1", *draw(move_lines(numbers)))] * draw(st.booleans())
    known += [invoice("INV-0", *draw(trade_lines(numbers)))] * draw(st.booleans())
    known += [credit("CN-0", *draw(trade_lines(numbers)))] * draw(st.booleans())
    make = draw(st.sampled_from([invoice, invoice, credit]))
    return make("INV-1", *draw(trade_lines(numbers))), known


@st.composite
def trade_lines(draw: st.DrawFn, orders: list[str] | None) -> list[Any]:
    lines = []
    for at in range(draw(FEW)):
        item = draw(ITEM)
        of = (
            f"{draw(st.sampled_from(orders))}/{draw(FEW)}"
            if orders and draw(st.booleans())
            else None
        )
        known = {"item": item} if draw(st.booleans()) else {"name": f"Chair {item}, oak"}
        lines.append(line(str(at + 1), draw(QUANTITY), draw(PRICE), of=of, **known))
    return lines


@st.composite
def move_lines(draw: st.DrawFn, orders: list[str]) -> list[Any]:
    return [
        moved(
            draw(QUANTITY),
            f"{draw(st.sampled_from(orders))}/{draw(FEW)}" if draw(st.booleans()) else None,
            id=str(at + 1),
            item=draw(ITEM),
            rejected=draw(st.sampled_from([None, 0, 1])),
        )
        for at in range(draw(FEW))
    ]


def shuffled(document: Any, chance: random.Random) -> Any:
    lines = list(document.lines)
    chance.shuffle(lines)
    return replace(document, lines=lines)


def told(result: Any) -> Any:
    """All that is said, without the places of the lines."""
    lines = sorted(
        (wire.to_plain(replace(each, path="lines")) for each in result.lines),
        key=lambda each: each["id"],
    )
    whole = wire.to_plain(replace(result, lines=[], message="-"))
    return whole, lines


@FEWER
@given(trades(), st.randoms(use_true_random=False))
def test_the_order_of_documents_and_lines_is_irrelevant(
    trade: tuple[Any, list[Any]], chance: random.Random
) -> None:
    bill, known = trade
    mixed = [shuffled(each, chance) for each in known]
    chance.shuffle(mixed)
    assert told(match(shuffled(bill, chance), mixed)) == told(match(bill, known))


FIGURE = st.none() | st.integers(0, 40).map(Decimal)
FIELDS = ("price", "ordered", "received", "charges")


@st.composite
def limits(draw: st.DrawFn) -> tuple[Limit, Limit]:
    """A limit and a wider one."""
    need = draw(st.sampled_from(["both", "either"]))
    stated = {name: draw(FIGURE) for name in ("absolute", "percent")}
    more = {n: v if v is None else v + draw(st.integers(0, 30)) for n, v in stated.items()}
    return Limit(need=need, **stated), Limit(need=need, **more)


@FEWER
@given(trades(), st.lists(limits(), min_size=4, max_size=4), st.booleans())
def test_a_wider_tolerance_never_turns_a_pass_into_a_hold(
    trade: tuple[Any, list[Any]], pairs: list[tuple[Limit, Limit]], accepts: bool
) -> None:
    bill, known = trade
    narrow, wide = ({f: pair[at] for f, pair in zip(FIELDS, pairs, strict=True)} for at in (0, 1))
    more: Any = {"lower_price": "accept"} if accepts else {}
    before = match(bill, known, MatchSettings(rules=[MatchRule(**narrow)]))  # type: ignore[arg-type]
    after = match(bill, known, MatchSettings(rules=[MatchRule(**wide, **more)]))
    assert after.holds <= before.holds
    for was, now in zip(before.lines, after.lines, strict=True):
        assert now.holds <= was.holds
        assert now.pairs == was.pairs


@FEWER
@given(trades())
def test_a_document_holds_if_and_only_if_something_in_it_does(
    trade: tuple[Any, list[Any]],
) -> None:
    result = match(*trade)
    findings = [*result.findings, *(each for found in result.lines for each in found.findings)]
    assert result.holds == any(each.outcome == "held" for each in findings)
    assert all(each.reason for each in findings if each.outcome == "held")
    assert bool(result.reasons) == result.holds


@FEWER
@given(trades())
def test_what_is_shared_out_is_what_is_invoiced(trade: tuple[Any, list[Any]]) -> None:
    bill, known = trade
    for found, stated in zip(match(bill, known).lines, bill.lines, strict=True):
        shared = [pair.quantity for pair in found.pairs if pair.quantity is not None]
        assert not shared or sum(shared) == stated.quantity


@given(
    st.sampled_from(["3B", "DZN", "KGM", "LBR", "HUR"]),
    st.sampled_from(["GRM", "KWH", "GRO", "MIN"]),
)
def test_a_conversion_and_its_opposite_undo_each_other(one: str, other: str) -> None:
    there, back = Units().factor(one, other, ()), Units().factor(other, one, ())
    assert (there is None) == (back is None)
    assert there is None or back is None or there * back == 1


@FEWER
@given(trades(), st.sampled_from(["DZN", "GRO", "CEN", "MIL"]))
def test_a_trade_in_another_unit_gets_the_same_verdict(
    trade: tuple[Any, list[Any]], unit: str
) -> None:
    """Invoiced in dozens at a price per dozen, or in pieces at a price per twelve of them."""
    bill, known = trade
    factor = Decimal(code_list("unit_factor").codes[unit]["factor"])
    dozens = [replace(each, unit=unit) for each in bill.lines]
    pieces = [
        replace(
            each, quantity=each.quantity * factor, price=replace(each.price, base_quantity=factor)
        )
        for each in bill.lines
    ]
    one, other = (
        match(replace(bill, lines=dozens), known),
        match(replace(bill, lines=pieces), known),
    )
    assert one.verdict == other.verdict


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_whole_for_equals(one: str, other: str) -> None:
    ours, theirs = tokens(one), tokens(other)
    assert likeness(ours, theirs) == likeness(theirs, ours)
    assert 0 <= likeness(ours, theirs) <= 1
    assert likeness(ours, ours) == bool(ours)


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_no_decimal_is_too_odd_to_be_read(number: Decimal) -> None:
    found = fraction(number)
    assert found is None or decimal(found) - number < Decimal("1E-8")


@given(st.fractions())
def test_a_ratio_is_written_as_the_model_writes_numbers(ratio: Fraction) -> None:
    text = format(decimal(ratio), "f")
    assert text == text.rstrip("0") or "." not in text
    assert abs(Fraction(text) - ratio) < Fraction(1, 10**9)


@settings(max_examples=30)
@given(st.lists(documents(canonical=False), max_size=4), documents("invoice", canonical=False))
def test_no_document_makes_a_match_raise(known: list[Any], bill: Bill) -> None:
    assert wire.encode(match(bill, [*known, bill]))
    assert len(match_all([bill, bill], known)) == 2
