"""The match as a table: what happened to an order, what is invoiced, and what is said of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from canonical_model import wire
from canonical_model.base.codes import code_list
from canonical_model.controls.match import (
    Conversion,
    Limit,
    MatchResult,
    MatchRule,
    MatchSettings,
    match,
    match_all,
)
from canonical_model.controls.match.verdict import GRAVITY, MEANINGS, REJECTED_GOODS
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.shipment import Shipment
from canonical_model.envelope import Context
from tests.canonical_model.controls.trade import (
    credit,
    invoice,
    line,
    made,
    moved,
    order,
    receipt,
    ref,
    returned,
)

PO = order("PO-1", line("10", 10, 5, item="CH-1", name="Chair, oak"))
ALL_CAME = receipt("GR-1", moved(10, "PO-1/10"))


def limit(absolute: object = None, percent: object = None, need: str = "both") -> Limit:
    figures = {"absolute": absolute, "percent": percent}
    stated = {name: Decimal(str(value)) for name, value in figures.items() if value is not None}
    return Limit(need=need, **stated)  # type: ignore[arg-type]


def ruled(**row: Any) -> MatchSettings:
    return MatchSettings(rules=[MatchRule(**row)])


def billed(quantity: object, price: object = 5, **more: Any) -> Any:
    return invoice("INV-1", line("1", quantity, price, of="PO-1/10", **more))


@pytest.mark.parametrize(
    ("known", "bill", "verdict"),
    [
        pytest.param([PO, ALL_CAME], billed(10), "matched", id="all came"),
        pytest.param([PO, ALL_CAME], billed(4), "matched", id="part is invoiced"),
        pytest.param([PO], billed(10), "not_received", id="nothing came"),
        pytest.param(
            [PO, receipt("GR-1", moved(6, "PO-1/10"))], billed(10), "quantity_variance", id="short"
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(6, "PO-1/10")), receipt("GR-2", moved(4, "PO-1/10"))],
            billed(10),
            "matched",
            id="two receipts",
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(12, "PO-1/10"))], billed(12), "over_invoiced", id="over both"
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(12, "PO-1/10"))], billed(10), "matched", id="more came"
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(10, "PO-1/10", accepted=8, rejected=2))],
            billed(10),
            "quantity_variance",
            id="rejected",
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(10, "PO-1/10", rejected=2))],
            billed(8),
            "matched",
            id="rejected and not invoiced",
        ),
        pytest.param(
            [PO, ALL_CAME, returned("RT-1", moved(3, "PO-1/10"))],
            billed(10),
            "quantity_variance",
            id="sent back",
        ),
        pytest.param(
            [PO, ALL_CAME, returned("RT-1", moved(3, "PO-1/10"), expects="repair")],
            billed(10),
            "matched",
            id="sent to be repaired",
        ),
        pytest.param(
            [PO, ALL_CAME, returned("RT-1", moved(3), refs=[ref("receipt", "GR-1")])],
            billed(10),
            "matched",
            id="sent back, nobody knows what",
        ),
        pytest.param(
            [
                PO,
                ALL_CAME,
                returned("RT-1", moved(3, refs=[ref("receipt", "GR-1", "1")])),
            ],
            billed(10),
            "quantity_variance",
            id="sent back by receipt line",
        ),
        pytest.param(
            [
                PO,
                receipt("GR-1", moved(10, "PO-1/10", accepted=8, rejected=2)),
                returned("RT-1", moved(2, "PO-1/10")),
            ],
            billed(8),
            "matched",
            id="what is rejected goes back only once",
        ),
        pytest.param(
            [PO, ALL_CAME, receipt("GR-2", moved(10, "PO-1/10"), reverses="GR-1")],
            billed(10),
            "not_received",
            id="receipt undone",
        ),
        pytest.param(
            [PO, receipt("GR-1", moved(14, "PO-1/10")), receipt("GR-2", moved(-4, "PO-1/10"))],
            billed(10),
            "matched",
            id="receipt corrected by a negative one",
        ),
        pytest.param(
            [PO, ALL_CAME, invoice("INV-0", line("1", 7, 5, of="PO-1/10"))],
            billed(4),
            "over_invoiced",
            id="invoiced before",
        ),
        pytest.param(
            [
                PO,
                ALL_CAME,
                invoice("INV-0", line("1", 7, 5, of="PO-1/10")),
                credit("CN-0", line("1", 7, 5, of="PO-1/10")),
            ],
            billed(10),
            "matched",
            id="invoiced before and credited",
        ),
        pytest.param(
            [
                PO,
                receipt("GR-1", moved(6, "PO-1/10")),
                credit("CN-1", line("1", 4, 5, of="PO-1/10")),
            ],
            billed(10),
            "matched",
            id="a credit note releases",
        ),
        pytest.param(
            [PO, ALL_CAME, credit("CN-1", line("1", 10, 1, of="PO-1/10"))],
            billed(10, 6),
            "matched",
            id="a credit of the price releases",
        ),
        pytest.param(
            [PO, ALL_CAME, invoice("INV-0", line("1", 10, 5, of="PO-1/10"), type="proforma")],
            billed(10),
            "matched",
            id="a pro-forma takes up nothing",
        ),
        pytest.param([PO], invoice("PP-1", line("1", 10, 5, of="PO-1/10"), type_code="386"),
                     "matched", id="a prepayment waits for no goods"),
        pytest.param([PO, ALL_CAME], billed(10, 6), "price_variance", id="dearer"),
        pytest.param([PO, ALL_CAME], billed(10, 4), "price_variance", id="cheaper"),
        pytest.param([PO, ALL_CAME], billed(10, 5, net=60), "price_variance", id="dearer in fact"),
        pytest.param([PO, ALL_CAME], billed(10, 500, per=100), "matched", id="price per 100"),
        pytest.param([PO, ALL_CAME], billed(1, 60, unit="DZN"), "over_invoiced", id="a dozen"),
        pytest.param([PO, ALL_CAME], billed(1, 50, unit="XBX"), "unit_differs", id="a box"),
        pytest.param([PO, ALL_CAME], billed(10, None, net=50), "matched", id="amount only"),
        pytest.param([PO, ALL_CAME], billed(None, None, net=50), "matched", id="net only"),
        pytest.param([PO, ALL_CAME], billed(None, None, net=51), "over_invoiced", id="net, more"),
        pytest.param([PO, ALL_CAME], billed(10, None), "incomplete", id="no price"),
        pytest.param([PO, ALL_CAME], billed(None, None), "incomplete", id="nothing stated"),
        pytest.param([PO, ALL_CAME], invoice("INV-1"), "incomplete", id="no lines, no total"),
        pytest.param([], billed(10), "no_order", id="no documents"),
        pytest.param([ALL_CAME], billed(10), "no_order", id="no order"),
        pytest.param(
            [PO, ALL_CAME], invoice("I", line("1", 1, 5, of="PO-7/10")), "no_order", id="another"
        ),
        pytest.param(
            [PO, ALL_CAME],
            invoice("I", line("1", 10, 5, of="PO-1/10", item="CH-2")),
            "item_differs",
            id="another item",
        ),
        pytest.param(
            [PO, ALL_CAME],
            invoice("I", line("1", 10, 5, of="PO-1/10"), currency="USD"),
            "currency_differs",
            id="another currency",
        ),
        pytest.param(
            [PO, ALL_CAME],
            invoice("I", line("1", 10, 5, of="PO-1/10"), seller={"name": "Somebody Else Ltd"}),
            "supplier_differs",
            id="another supplier by name",
        ),
        pytest.param(
            [PO, ALL_CAME],
            invoice(
                "I",
                line("1", 10, 5, of="PO-1/10"),
                seller={
                    "name": "Möbelwerk Nord GmbH",
                    "ids": [{"kind": "vat", "value": "FR40303265045"}],
                },
            ),
            "supplier_differs",
            id="another supplier by VAT number",
        ),
    ],
)  # fmt: skip
def test_a_bill_gets_the_verdict_that_the_evidence_asks_for(
    known: list[Any], bill: Any, verdict: str
) -> None:
    result = match(bill, known)
    assert result.verdict == verdict, result.message
    assert result.holds == (verdict in MEANINGS)
    assert result.response == ("UQ" if result.holds else "AP")
    assert wire.encode(result)


@pytest.mark.parametrize(
    ("rule", "quantity", "price", "verdict"),
    [
        ({"price": limit(percent=10)}, 10, "5.5", "within_tolerance"),
        ({"price": limit(percent=10)}, 10, "5.51", "price_variance"),
        ({"price": limit(absolute="0.2")}, 10, "5.2", "within_tolerance"),
        ({"price": limit(absolute="0.2", percent=10)}, 10, "5.3", "price_variance"),
        ({"price": limit(absolute="0.2", percent=10, need="either")}, 10, "5.3",
         "within_tolerance"),
        ({"price": limit()}, 10, "5.01", "price_variance"),
        ({"price": limit(absolute=-1)}, 10, "5", "matched"),
        ({"lower_price": "accept"}, 10, "3", "matched"),
        ({"lower_price": "accept"}, 10, "6", "price_variance"),
        ({"ordered": limit(percent=20), "received": limit(percent=20)}, 12, 5, "within_tolerance"),
        ({"ordered": limit(absolute=2)}, 12, 5, "quantity_variance"),
        ({"received": limit(absolute=2)}, 12, 5, "over_invoiced"),
    ],
)  # fmt: skip
def test_a_tolerance_is_data(rule: Any, quantity: int, price: Any, verdict: str) -> None:
    result = match(billed(quantity, price), [PO, ALL_CAME], ruled(**rule))
    assert result.verdict == verdict


@pytest.mark.parametrize(
    ("need", "known", "verdict"),
    [
        ("not_required", [PO], "matched"),
        ("if_any", [PO], "matched"),
        ("if_any", [PO, receipt("GR-1", moved(6, "PO-1/10"))], "quantity_variance"),
        ("required", [PO], "not_received"),
    ],
)
def test_a_rule_says_whether_goods_must_have_come(need: Any, known: Any, verdict: str) -> None:
    result = match(billed(10), known, ruled(receipt=need))
    assert result.verdict == verdict
    if verdict == "matched":
        assert result.match_status == "two_way"


def test_a_supplier_may_need_no_order() -> None:
    settings = ruled(supplier="DE136695976", order="not_required")
    result = match(invoice("RENT-1", line("1", 1, 900, name="Rent")), [], settings)
    assert (result.verdict, result.match_status) == ("not_applicable", "not_applicable")


def test_the_most_specific_row_counts_field_by_field() -> None:
    wide, none = limit(percent=50), limit()
    rows = [
        MatchRule(price=wide, lower_price="accept"),
        MatchRule(currency="EUR", price=none),
        MatchRule(category="44", price=wide),
        MatchRule(category="4412", price=none),
        MatchRule(supplier="Möbelwerk Nord", price=wide),
        MatchRule(supplier="Möbelwerk Nord", price=none, tenant="another"),
    ]
    item = {"seller_id": "CH-1", "classifications": [{"code": "44121600"}]}
    classed = invoice("INV-1", line("1", 10, 6, of="PO-1/10", item=item))

    def verdict(bill: Any, count: int) -> str:
        return match(bill, [PO, ALL_CAME], MatchSettings(rules=rows[:count])).verdict

    assert verdict(billed(10, 6), 1) == "within_tolerance"
    assert verdict(billed(10, 6), 2) == "price_variance"
    assert verdict(classed, 3) == "within_tolerance"
    assert verdict(classed, 4) == "price_variance"
    assert verdict(classed, 6) == "within_tolerance"
    assert verdict(billed(10, 4), 6) == "matched"  # only the first row says what is too cheap


def test_rows_of_one_rank_must_all_hold() -> None:
    rows = [MatchRule(price=limit(percent=50)), MatchRule(price=limit(percent=1))]
    assert match(billed(10, 6), [PO, ALL_CAME], MatchSettings(rules=rows)).holds


def test_a_row_may_be_for_one_tenant_or_entity() -> None:
    settings = ruled(tenant="acme", entity="DE01", price=limit(percent=50))
    known = [PO, ALL_CAME]
    assert match(billed(10, 6), known, settings).holds
    assert not match(billed(10, 6), known, settings, Context(tenant="acme", entity="DE01")).holds


@pytest.mark.parametrize(
    ("unit", "quantity", "price", "verdict"),
    [
        ("XBX", 1, 50, "matched"),
        ("XPL", 1, 2000, "over_invoiced"),
        ("DZN", 1, 60, "over_invoiced"),
        ("XPK", 2, 25, "unit_differs"),
    ],
)
def test_an_item_is_converted_the_way_it_is_packed(
    unit: str, quantity: int, price: int, verdict: str
) -> None:
    packed = [
        Conversion(item="ch1", unit="XBX", factor=Decimal(10), of="EA"),
        Conversion(item="CH-1", unit="XPL", factor=Decimal(40), of="XBX"),
        Conversion(item="CH-2", unit="XPK", factor=Decimal(5), of="C62"),
    ]
    result = match(
        billed(quantity, price, unit=unit), [PO, ALL_CAME], MatchSettings(conversions=packed)
    )
    assert result.verdict == verdict


def test_mass_is_converted_within_its_dimension() -> None:
    bulk = order("PO-1", line("10", 2, 500, unit="TNE"))
    came = receipt("GR-1", moved(2000, "PO-1/10", unit="KGM"))
    assert match(billed(2000, "0.5", unit="KGM"), [bulk, came]).verdict == "matched"
    assert match(billed(2000, 50, per=100, unit="KGM"), [bulk, came]).verdict == "matched"
    assert match(billed(2000, "0.51", unit="KGM"), [bulk, came]).verdict == "price_variance"
    assert match(billed(2, 500, unit="MTQ"), [bulk, came]).verdict == "unit_differs"


def pairs(result: MatchResult) -> list[tuple[str | None, str, str | None, str]]:
    return [
        (pair.order, pair.line, pair.basis, str(pair.quantity))
        for each in result.lines
        for pair in each.pairs
    ]


def test_one_line_is_shared_out_among_orders_oldest_first() -> None:
    orders = [
        order("PO-2", line("10", 6, 5, item="CH-1"), issue_date="2026-01-05"),
        order("PO-1", line("10", 4, 5, item="CH-1"), issue_date="2026-01-04"),
    ]
    came = [receipt("GR-1", moved(10, item="CH-1"))]
    result = match(invoice("INV-1", line("1", 12, 5, item="ch 1")), [*orders, *came])
    assert pairs(result) == [("PO-1", "10", "item", "4"), ("PO-2", "10", "item", "8")]
    assert result.verdict == "over_invoiced"


def test_an_item_at_the_same_price_is_preferred() -> None:
    orders = [
        order("PO-1", line("10", 4, 5, item="CH-1"), issue_date="2026-01-04"),
        order("PO-2", line("10", 4, 6, item="CH-1"), issue_date="2026-01-05"),
    ]
    result = match(invoice("INV-1", line("1", 4, 6, item="CH-1")), orders, ruled(receipt="if_any"))
    assert pairs(result) == [("PO-2", "10", "item", "4")]
    assert not result.holds


def test_an_invoice_for_several_orders_is_matched_line_by_line() -> None:
    orders = [order(f"PO-{n}", line("1", n, 5, item=f"A{n}")) for n in (1, 2, 3)]
    bill = invoice("I", *(line(str(n), n, 5, of=f"PO-{n}/1") for n in (1, 2)))
    result = match(bill, orders, ruled(receipt="not_required"))
    assert [(each[0], each[3]) for each in pairs(result)] == [("PO-1", "1"), ("PO-2", "2")]
    assert not result.holds


def test_a_line_that_names_only_a_receipt_finds_its_order() -> None:
    bill = invoice("I", line("1", 10, 5, refs=[ref("receipt", "GR-1", "1")]))
    result = match(bill, [PO, ALL_CAME])
    assert pairs(result) == [("PO-1", "10", "receipt", "10")]
    assert not result.holds


def test_a_description_pairs_and_says_how_sure_it_is() -> None:
    result = match(invoice("I", line("1", 10, 5, name="OAK CHAIR")), [PO, ALL_CAME])
    pair = result.lines[0].pairs[0]
    assert (pair.basis, str(pair.score)) == ("description", "1")
    assert "descriptions agree 100 %" in pair.why
    assert not result.holds


def test_a_weak_description_is_only_proposed() -> None:
    result = match(invoice("I", line("1", 10, 7, name="Chairs, oak, four legs")), [PO, ALL_CAME])
    assert result.verdict == "no_order"
    proposal = result.lines[0].proposals[0]
    assert (proposal.order, proposal.line, proposal.basis) == ("PO-1", "10", None)


def test_the_same_words_under_another_item_number_are_another_thing() -> None:
    bill = invoice("I", line("1", 10, 5, item="CH-2", name="Chair, oak"))
    assert match(bill, [PO, ALL_CAME]).verdict == "no_order"


def test_an_order_named_by_the_document_keeps_lines_from_straying() -> None:
    other = order("PO-2", line("10", 10, 5, name="Table, pine"))
    bill = invoice("I", line("1", 10, 5, name="Table, pine"), refs=[ref("order", "PO-1")])
    assert match(bill, [PO, other, ALL_CAME]).verdict == "no_order"


def test_orders_of_another_supplier_are_not_looked_at() -> None:
    theirs = order("PO-2", line("10", 10, 5, item="CH-1"), seller={"name": "Another Ltd"})
    assert match(invoice("I", line("1", 10, 5, item="CH-1")), [theirs]).verdict == "no_order"


def test_a_total_without_lines_is_set_against_the_order() -> None:
    bill = invoice("I", totals={"net": "50.00"}, refs=[ref("order", "PO-1")])
    assert match(bill, [PO, ALL_CAME]).match_status == "three_way"
    dearer = invoice("I", totals={"net": "50.01"}, refs=[ref("order", "PO-1")])
    assert match(dearer, [PO, ALL_CAME]).verdict == "over_invoiced"


def test_a_budget_is_ordered_and_invoiced_by_amount() -> None:
    budget = order("PO-1", line("10", None, None, net=1000, name="Consulting"))
    entry = receipt("SES-1", moved(None, "PO-1/10", value="400.00"))
    services = line("1", 8, 50, of="PO-1/10", unit="HUR")
    assert match(invoice("I", services), [budget, entry]).verdict == "matched"
    more = line("1", 9, 50, of="PO-1/10", unit="HUR")
    assert match(invoice("I", more), [budget, entry]).verdict == "quantity_variance"


def test_counts_kept_by_the_order_stand_in_for_documents_that_are_not_known() -> None:
    counted = order("PO-1", line("10", 10, 5, quantity_received="6", quantity_invoiced="4"))
    assert match(billed(2), [counted]).verdict == "matched"
    assert match(billed(3), [counted]).verdict == "quantity_variance"
    assert match(billed(3), [counted, ALL_CAME]).verdict == "matched"


def test_only_the_newest_change_of_an_order_counts() -> None:
    changed = order("PO-1", line("10", 10, 6), change_no=1)
    assert match(billed(10, 6), [changed, PO, ALL_CAME]).verdict == "matched"


def test_documents_given_twice_count_once() -> None:
    assert match(billed(10), [PO, PO, ALL_CAME, ALL_CAME, billed(10)]).verdict == "matched"
    short = receipt("GR-1", moved(5, "PO-1/10"))
    assert match(billed(10), [PO, short, short]).verdict == "quantity_variance"


def test_a_corrective_invoice_replaces_the_one_it_names() -> None:
    wrong = invoice("INV-0", line("1", 10, 5, of="PO-1/10"))
    right = invoice(
        "INV-1", line("1", 10, 5, of="PO-1/10"), type_code="384", refs=[ref("preceding", "INV 0")]
    )
    assert match(right, [PO, ALL_CAME, wrong]).verdict == "matched"
    assert match_all([right, wrong], [PO, ALL_CAME])[0].verdict == "matched"


def test_prices_that_contain_tax_are_compared_without_it() -> None:
    taxed = line(
        "1", 10, "5.95", of="PO-1/10", net="59.50", taxes=[{"category": "S", "rate": "19"}]
    )
    assert match(invoice("I", taxed, prices_include_tax=True), [PO, ALL_CAME]).verdict == "matched"
    odd = line("1", 10, "5.94", of="PO-1/10", taxes=[{"category": "S", "rate": "19"}])
    assert match(invoice("I", odd, prices_include_tax=True), [PO, ALL_CAME]).verdict == "matched"
    dear = line("1", 10, "5.97", of="PO-1/10", taxes=[{"category": "S", "rate": "19"}])
    assert match(invoice("I", dear, prices_include_tax=True), [PO, ALL_CAME]).holds
    unknown = line("1", 10, "5.95", of="PO-1/10")
    result = match(invoice("I", unknown, prices_include_tax=True), [PO, ALL_CAME])
    assert result.verdict == "incomplete"


def test_an_allowance_on_the_line_is_part_of_its_price() -> None:
    allowance = [{"kind": "allowance", "amount": "10.00"}]
    assert match(billed(10, 6, adjustments=allowance), [PO, ALL_CAME]).verdict == "matched"


def test_a_rounded_line_amount_is_no_price_variance() -> None:
    third = order("PO-1", line("10", 3, None, net="100.00"))
    came = receipt("GR-1", moved(3, "PO-1/10"))
    assert match(billed(1, "33.33"), [third, came]).verdict == "matched"
    assert match(billed(1, "33.35"), [third, came]).verdict == "price_variance"


@pytest.mark.parametrize(
    ("quantity", "price", "verdict"),
    [
        (4, 5, "matched"),
        (11, 5, "over_credited"),
        (10, 1, "matched"),
        (10, "5.05", "over_credited"),
    ],
)
def test_a_credit_takes_back_no_more_than_was_invoiced(
    quantity: int, price: Any, verdict: str
) -> None:
    note = credit("CN-1", line("1", quantity, price, of="PO-1/10"))
    known = [
        PO,
        ALL_CAME,
        invoice("INV-0", line("1", 10 if price != "5.05" else 9, 5, of="PO-1/10")),
    ]
    assert match(note, known).verdict == verdict


def test_a_credit_for_what_nobody_invoiced_holds() -> None:
    assert match(credit("CN-1", line("1", 1, 5, of="PO-1/10")), [PO]).verdict == "over_credited"


def test_a_credit_note_written_below_zero_asks_for_money_with_its_positive_lines() -> None:
    note = credit("CN-1", line("1", -4, 5, of="PO-1/10"), totals={"payable": "-20.00"})
    known = [PO, receipt("GR-1", moved(6, "PO-1/10")), note]
    assert match(billed(10), known).verdict == "matched"


@pytest.mark.parametrize(("came", "reason"), [(10, "QUA"), (5, "QTY")])
def test_the_reason_is_quality_only_where_refused_goods_are_what_is_missing(
    came: int, reason: str
) -> None:
    result = match(billed(10), [PO, receipt("GR-1", moved(came, "PO-1/10", rejected=1))])
    assert (result.verdict, result.reasons) == ("quantity_variance", [reason])


def test_money_that_was_credited_releases_one_invoice_and_not_two() -> None:
    dear = [
        invoice(f"INV-{n}", line("1", 5, 6, of="PO-1/10"), issue_date=f"2026-02-0{n}")
        for n in (1, 2)
    ]
    back = credit("CN-1", line("1", 5, 1, of="PO-1/10"))
    found = match_all(dear, [PO, ALL_CAME, back])
    assert [each.verdict for each in found] == ["matched", "price_variance"]
    assert match(dear[1], [PO, ALL_CAME, dear[0], back]).holds
    both = invoice("INV-3", line("1", 5, 6, of="PO-1/10"), line("2", 5, 6, of="PO-1/10"))
    assert [each.holds for each in match(both, [PO, ALL_CAME, back]).lines] == [False, True]
    more = credit("CN-2", line("1", 5, 1, of="PO-1/10"))
    assert not match(dear[1], [PO, ALL_CAME, dear[0], back, more]).holds


def freight(amount: str, kind: str = "charge") -> list[dict[str, str]]:
    return [{"kind": kind, "amount": amount, "reason": "Freight"}]


@pytest.mark.parametrize(
    ("agreed", "asked", "rule", "verdict"),
    [
        (None, "8.00", {}, "charge_variance"),
        (None, "8.00", {"charges": limit(absolute=8)}, "within_tolerance"),
        (None, "8.00", {"charges": limit(percent=20)}, "within_tolerance"),
        (None, "8.00", {"charges": limit(percent=10)}, "charge_variance"),
        ("8.00", "8.00", {}, "matched"),
        ("8.00", "9.00", {}, "charge_variance"),
        ("8.00", None, {}, "matched"),
    ],
)
def test_charges_are_compared_with_those_agreed(
    agreed: str | None, asked: str | None, rule: Any, verdict: str
) -> None:
    known = order("PO-1", line("10", 10, 5, net=50), adjustments=freight(agreed) if agreed else [])
    adjustments = freight(asked) if asked else []
    bill = invoice("INV-1", line("1", 10, 5, of="PO-1/10"), adjustments=adjustments)
    assert match(bill, [known, ALL_CAME], ruled(**rule)).verdict == verdict


def test_agreed_charges_are_asked_for_once() -> None:
    known = order("PO-1", line("10", 10, 5, net=50), adjustments=freight("8.00"))
    bills = [
        invoice(f"INV-{n}", line("1", 5, 5, of="PO-1/10"), adjustments=freight("8.00"))
        for n in (1, 2)
    ]
    found = [each.verdict for each in match_all(bills, [known, ALL_CAME])]
    assert found == ["matched", "charge_variance"]


def test_an_agreed_discount_is_due_with_the_goods_it_is_for() -> None:
    agreed = [{"kind": "allowance", "percent": "10"}]
    known = order("PO-1", line("10", 10, 5, net=50), adjustments=agreed)
    without = invoice("INV-1", line("1", 4, 5, of="PO-1/10"))
    given = invoice(
        "INV-1", line("1", 4, 5, of="PO-1/10"), adjustments=freight("2.00", "allowance")
    )
    assert match(without, [known, ALL_CAME]).verdict == "charge_variance"
    assert match(given, [known, ALL_CAME]).verdict == "matched"


def test_freight_on_a_line_of_its_own_is_a_charge() -> None:
    bill = invoice(
        "I", line("1", 10, 5, of="PO-1/10"), line("2", 1, 8, name="Freight, express", net=8)
    )
    result = match(bill, [PO, ALL_CAME])
    assert result.verdict == "charge_variance"
    assert [each.verdict for each in result.lines] == ["matched", "not_applicable"]
    assert not match(bill, [PO, ALL_CAME], ruled(charges=limit(absolute=8))).holds


def test_freight_that_was_ordered_is_never_received() -> None:
    known = order("PO-1", line("10", 1, 8, name="Freight"))
    assert match(invoice("I", line("1", 1, 8, name="Freight")), [known]).verdict == "matched"


def test_what_we_ship_is_matched_like_what_we_receive() -> None:
    ours = {"name": "Atelier Lumière SARL"}
    sold = made(SalesOrder, {"number": "SO-1", "currency": "EUR", "buyer": ours,
                             "lines": [line("10", 10, 5)]})  # fmt: skip
    shipped = made(Shipment, {"number": "SH-1", "lines": [moved(6, "SO-1/10")]})
    bill = invoice("I", line("1", 10, 5, of="SO-1/10"), direction="receivable", buyer=ours)
    result = match(bill, [sold, shipped])
    assert result.verdict == "quantity_variance"
    assert "6 shipped" in result.message


def test_many_bills_are_judged_oldest_first() -> None:
    bills = [
        invoice("INV-2", line("1", 6, 5, of="PO-1/10"), issue_date="2026-02-02"),
        invoice("INV-1", line("1", 6, 5, of="PO-1/10"), issue_date="2026-02-01"),
    ]
    assert [each.verdict for each in match_all(bills, [PO, ALL_CAME])] == [
        "over_invoiced",
        "matched",
    ]
    assert match_all([], [PO]) == []


def test_every_code_is_one_that_peppol_knows() -> None:
    meanings = [*MEANINGS.values(), REJECTED_GOODS]
    assert {each.reason for each in meanings} <= code_list("status_reason").codes.keys()
    assert {each.action for each in meanings} <= code_list("status_action").codes.keys()
    assert MEANINGS.keys() < GRAVITY.keys()


def test_a_document_tells_all_that_holds_gravest_first() -> None:
    bill = invoice("I", line("1", 10, 6, of="PO-1/10"), line("2", 1, 1, name="Vase"))
    result = match(bill, [PO, receipt("GR-1", moved(10, "PO-1/10", rejected=1))])
    assert (result.verdict, result.match_status) == ("no_order", "failed")
    assert result.reasons == ["REF", "QUA", "PRI"]
    assert result.actions == ["PIN", "CNP"]
    assert "line 1: price 6 per C62, 5 agreed; off by 1, 0 allowed" in result.message
