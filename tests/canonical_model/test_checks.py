"""The rules as a whole: well formed, never raising, ignored by name, quiet where all is well."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model.base.codes import code_list
from canonical_model.base.issue import Issue, Severity
from canonical_model.checks import NOTHING, RULES, Related, Rule, check, profile_of, rule
from canonical_model.documents import KINDS, AnyDocument
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.invoice import Invoice
from canonical_model.errors import UnknownRule
from tests.strategies import bills, documents, from_plain

EN16931 = "urn:cen.eu:en16931:2017"
FACTUR_X = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:"

SPECIFIED = (
    *(f"A{n}" for n in range(1, 21)),
    *("P1", "P2", "P3", "B1", "B2", "B3", "B4", "J1", "M3"),
    *("F1", "F2", "C1", "I1"),
)
every_rule = pytest.mark.parametrize("each", RULES.values(), ids=str)

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "number": "R-1",
    "issue_date": "2026-01-31",
    "due_date": "2026-02-28",
    "currency": "EUR",
    "direction": "payable",
    "entity": "DE01",
    "type_code": "380",
    "specification": EN16931,
    "seller": {"name": "Muster GmbH", "ids": [{"value": "DE136695976", "kind": "vat"}]},
    "buyer": {"name": "Kunde AG"},
    "lines": [{"net": "100.00", "taxes": [{"category": "S", "rate": "19"}]}],
    "taxes": [{"category": "S", "rate": "19", "taxable": "100.00", "amount": "19.00"}],
    "totals": {
        **{"lines": "100.00", "net": "100.00", "tax": "19.00"},
        **{"gross": "119.00", "payable": "119.00"},
    },
}


def invoice(**changes: Any) -> AnyDocument:
    return from_plain({**INVOICE, **changes})


def wrong_totals() -> AnyDocument:
    """Breaks A1 (BR-CO-10) and A4 (BR-CO-13) and nothing else."""
    return invoice(totals={**INVOICE["totals"], "lines": "90.00"})


def test_every_rule_of_the_specification_is_there() -> None:
    assert set(RULES) == set(SPECIFIED)


def test_a_rule_is_filed_under_its_own_id() -> None:
    assert [each.id for each in RULES.values()] == list(RULES)


def test_ids_codes_and_standards_are_unique() -> None:
    for names in (
        [each.code for each in RULES.values()],
        [name for each in RULES.values() for name in (each.standard, *each.also) if name],
    ):
        assert len(names) == len(set(names))


@every_rule
def test_a_rule_is_well_formed(each: Rule) -> None:
    assert re.fullmatch(r"[A-Z][0-9]{1,2}", each.id)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", each.code)
    assert each.severity in get_args(Severity)
    assert set(each.kinds) <= set(KINDS)
    assert each.kinds


@every_rule
def test_a_rule_tells_what_it_is_why_and_what_to_do(each: Rule) -> None:
    assert each.title
    assert not each.title.endswith(".")
    assert each.explains.endswith(".")
    assert each.hint.endswith(".")
    assert len({each.title, each.explains, each.hint}) == 3


@every_rule
def test_a_rule_is_found_by_each_of_its_names(each: Rule) -> None:
    names = (each.id, each.code, *each.also, *([each.standard] if each.standard else []))
    assert [rule(name) for name in names] == [each] * len(names)


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownRule, match="totals_lines_mismatch"):
        rule("totals_line_mismatch")


@pytest.mark.parametrize("name", ["A1", "totals_lines_mismatch", "BR-CO-10"])
def test_an_ignored_rule_is_silent_by_any_of_its_names(name: str) -> None:
    assert [issue.rule for issue in check(wrong_totals())] == ["BR-CO-10", "BR-CO-13"]
    assert [issue.rule for issue in check(wrong_totals(), ignore=[name])] == ["BR-CO-13"]


def test_several_rules_can_be_ignored_from_an_iterator() -> None:
    assert check(wrong_totals(), ignore=iter(("A1", "A4"))) == []


def test_a_further_id_of_a_standard_silences_only_its_own_findings() -> None:
    bill = from_plain({**INVOICE, "number": "R-1", "issue_date": "2026-01-31"})
    assert check(bill) == []
    headless = {name: held for name, held in INVOICE.items() if name not in ("number", "currency")}
    found = [issue.rule for issue in check(from_plain(headless), ignore=["BR-02"])]
    assert found == ["BR-05"]


def test_ignoring_an_unknown_rule_is_the_callers_mistake() -> None:
    with pytest.raises(UnknownRule):
        check(invoice(), ignore=["A99"])


def test_ignoring_a_rule_of_another_kind_changes_nothing() -> None:
    assert check(wrong_totals(), ignore=["B1"]) == check(wrong_totals())


def test_an_issue_carries_all_that_is_needed_to_act() -> None:
    assert check(wrong_totals(), ignore=["A4"]) == [
        Issue(
            code="totals_lines_mismatch",
            severity="error",
            message="totals.lines is 90.00; the sum of line net amounts is 100.00",
            path="totals.lines",
            rule="BR-CO-10",
            expected="100.00",
            actual="90.00",
            hint=RULES["A1"].hint,
        )
    ]


def test_a_rule_without_a_standard_goes_by_its_own_id() -> None:
    entry = from_plain({"kind": "ref_data", "list": "account"})
    assert [(issue.rule, issue.path) for issue in check(entry)] == [("F1", "code")]


@pytest.mark.parametrize("rules", [("A1", "A2"), ("A4", "A5", "A6", "A7", "A8", "A9")])
def test_a_sound_document_breaks_no_rule(rules: tuple[str, ...]) -> None:
    assert {RULES[each].code for each in rules}.isdisjoint(i.code for i in check(invoice()))


def test_a_sound_invoice_is_given_a_clean_bill() -> None:
    assert check(invoice()) == []


@given(bills())
def test_figures_that_agree_are_never_questioned(bill: Invoice) -> None:
    arithmetic = {RULES[f"A{n}"].code for n in range(1, 14)}
    assert [issue for issue in check(bill) if issue.code in arithmetic] == []


@given(bills(), st.sampled_from(["net", "tax", "gross", "payable", "lines"]), st.integers(1, 9))
def test_a_total_that_is_off_by_cents_is_always_found(bill: Any, name: str, cents: int) -> None:
    wrong = {name: getattr(bill.totals, name) + Decimal(cents) / 100}
    totals = type(bill.totals)(**{**_fields(bill.totals), **wrong})
    issues = check(type(bill)(**{**_fields(bill), "totals": totals}))
    assert f"totals.{name}" in {issue.path for issue in issues if issue.severity == "error"} or (
        name == "tax" and {issue.path for issue in issues} & {"totals.gross", "totals.tax"}
    )


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


@given(document=documents())
def test_checking_never_raises_on_canonical_documents(document: AnyDocument) -> None:
    check(document)


@given(document=documents(canonical=False))
def test_checking_never_raises_whatever_the_document_holds(document: AnyDocument) -> None:
    check(document)


@given(document=documents("bank_statement"), previous=documents("bank_statement"))
def test_checking_never_raises_beside_another_statement(
    document: BankStatement, previous: BankStatement
) -> None:
    check(document, related=Related(previous_statement=previous))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_empty_document_of_any_kind_lacks_something(kind: str) -> None:
    issues = check(KINDS[kind]())  # type: ignore[arg-type]
    assert "missing_field" in {issue.code for issue in issues}


@given(document=documents())
def test_what_is_found_is_well_formed(document: AnyDocument) -> None:
    for issue in check(document):
        assert RULES[rule(issue.code).id].code == issue.code
        assert rule(issue.rule or "") in RULES.values()
        assert issue.path
        assert re.fullmatch(r"[a-z_]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)*", issue.path)
        assert issue.message
        assert issue.hint


@given(document=documents())
def test_checking_twice_gives_the_same(document: AnyDocument) -> None:
    assert check(document) == check(document)


def test_nothing_is_known_of_other_documents_by_default() -> None:
    assert NOTHING.previous_statement is None
    assert not NOTHING.open_balances


@pytest.mark.parametrize(
    ("specification", "profile"),
    [
        (EN16931, "en16931"),
        (f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "en16931"),
        (f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "en16931"),
        (f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic", "basic"),
        (f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended", "extended"),
        (f"{EN16931}#conformant#urn:zugferd.de:2p0:extended", "extended"),
        (f"{EN16931}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", "extended"),
        ("urn:factur-x.eu:1p0:minimum", "minimum"),
        ("urn:factur-x.eu:1p0:basicwl", "basic_wl"),
        ("urn:zugferd.de:2p0:basicwl", "basic_wl"),
        ("urn:ferd:CrossIndustryDocument:invoice:1p0:extended", None),
        ("urn:peppol:pint:billing-1@jp-1", None),
        ("", None),
        (None, None),
    ],
)
def test_the_profile_is_read_from_the_specification(
    specification: str | None, profile: str | None
) -> None:
    assert profile_of(Invoice(specification=specification)) == profile


def test_only_bills_have_a_profile() -> None:
    assert profile_of(BankStatement()) is None


def test_the_lists_that_rules_rest_on_are_there() -> None:
    categories = code_list("tax_category").codes
    zero = {code for code, row in categories.items() if row["zero_amount"] == "yes"}
    reason = {code for code, row in categories.items() if row["needs_exemption"] == "yes"}
    assert (zero, reason) == ({"Z", "E", "AE", "K", "G", "O"}, {"E", "AE", "K", "G", "O"})
