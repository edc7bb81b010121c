"""Who a party is, whom it resembles, who it must not be, and where its money goes."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model.controls.screening import (
    Screening,
    ScreeningPolicy,
    WatchList,
    check_bank_details,
    check_identifiers,
    entry_of_entity,
    entry_of_row,
    screen,
    similar_parties,
)
from canonical_model.controls.screening.likeness import alike, folded, likeness, name_of
from canonical_model.documents.invoice import Bill
from canonical_model.parts.party import Party
from tests.canonical_model.controls.generated.noise import mistyped
from tests.canonical_model.controls.money import bill
from tests.strategies import documents, structs

IBAN = "DE89370400440532013000"
FRENCH = "FR1420041010050500013M02606"


def party(**stated: Any) -> Party:
    return msgspec.convert(stated, Party, strict=False)


def account(number: str = IBAN, **stated: Any) -> dict[str, Any]:
    return {"id": {"value": number, "kind": "account", "scheme": "iban"}, **stated}


# Names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vladimir Petrov", "Petrov, Vladimir"),
        ("Vladimir Petrov", "Владимир Петров"),
        ("Владимир Иванович Петров", "Vladimir Petrov"),
        ("Wladimir Iwanowitsch Petrow", "Vladimir Ivanovich Petrov"),
        ("Müller GmbH", "MUELLER & CO. KG"),
        ("Ørsted A/S", "Orsted"),
        ("Αλέξανδρος Παπαδόπουλος", "Alexandros Papadopoulos"),
        ("Mohammed al-Rashid", "Muhammad Al Rasheed"),
        ("Gazprom Bank", "Gasprombank"),
        ("Łukasz Wiśniewski", "Lukasz Wisniewski"),
    ],
)
def test_one_name_is_known_in_other_spellings(one: str, other: str) -> None:
    assert alike(one, other, 82)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Logistics Ltd", "Nordwind Software GmbH"),
        ("Peter", "Peter Paul Meyer"),
        ("Siemens", "Siemens Energy Global"),
        ("John Smith", "Jane Smithson"),
        ("", "Anybody"),
        ("", ""),
    ],
)
def test_other_names_are_not_taken_for_it(one: str, other: str) -> None:
    assert not alike(one, other, 82)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways_and_in_any_order(one: str, other: str) -> None:
    a, b = name_of(one), name_of(other)
    assert 0 <= likeness(a, b) <= 100
    assert likeness(a, b) == likeness(b, a)
    assert likeness(a, a) == (100 if a.words else 0)


def test_folding_leaves_a_script_without_a_table_as_it_is() -> None:
    assert folded("株式会社") == "株式会社"
    assert folded("Ж é ß Ω") == "zh e ss o"


# Identifiers


def test_every_identifier_is_told_valid_invalid_or_unchecked() -> None:
    found = check_identifiers(
        party(
            ids=[
                {"kind": "vat", "value": "DE136695976"},
                {"kind": "vat", "value": "DE136695977"},
                {"scheme": "lei", "value": "5493001KJTIIGC8Y1R12"},
                {"kind": "party", "value": "whatever"},
            ],
            bank_accounts=[account(bic="COBADEFFXXX"), account("DE89370400440532013001")],
        ),
        required=("vat", "lei", "iban", "legal"),
    )
    assert [each.verdict for each in found.findings] == [
        *("valid", "invalid", "valid", "not_checked"),
        *("valid", "valid", "invalid"),
    ]
    assert found.missing == ["legal"]
    assert found.verdict == "review"
    assert not any(IBAN in each.value for each in found.findings)


def test_a_number_of_another_country_is_worth_a_question() -> None:
    home = party(ids=[{"kind": "vat", "value": "EL094259216"}], address={"country": "GR"})
    assert check_identifiers(home).verdict == "pass"
    away = party(
        ids=[{"kind": "vat", "value": "DE136695976"}],
        address={"country": "FR"},
        bank_accounts=[account()],
    )
    assert len(check_identifiers(away).conflicts) == 2


# Similar parties

KNOWN = {
    "a": party(name="Nordwind Logistik GmbH", ids=[{"kind": "vat", "value": "DE136695976"}]),
    "b": party(name="Nordwind Software GmbH", bank_accounts=[account()]),
    "c": party(name="Müller Bau", address={"postcode": "10115", "country": "DE"}),
}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"ids": [{"kind": "vat", "value": "DE 136 695 976"}]}, "a"),
        ({"name": "Nordwind Logistik AG"}, "a"),
        ({"name": "Nordwnid Logistik"}, "a"),
        ({"name": "X", "bank_accounts": [account()]}, "b"),
        ({"name": "Mueller Bau GmbH", "address": {"postcode": "10115"}}, "c"),
    ],
)
def test_a_supplier_that_is_entered_twice_is_found(stated: dict[str, Any], expected: str) -> None:
    assert similar_parties(party(**stated), KNOWN)[0].party == expected


@pytest.mark.parametrize(
    "stated",
    [
        {"name": "Falkenhof Papier"},
        {"name": "Nordwind Logistik", "ids": [{"kind": "vat", "value": "DE811111111"}]},
        {},
    ],
)
def test_another_company_is_not_taken_for_one_we_know(stated: dict[str, Any]) -> None:
    assert not similar_parties(party(**stated), KNOWN)


@given(structs(Party), structs(Party))
def test_two_parties_resemble_each_other_both_ways(one: Party, other: Party) -> None:
    forth = similar_parties(one, {"x": other}, Decimal(0))
    back = similar_parties(other, {"x": one}, Decimal(0))
    assert [each.score for each in forth] == [each.score for each in back]


# Watch lists

ROWS = [
    {
        "id": "NK-1",
        "schema": "Person",
        "name": "Владимир Иванович Петров",
        "aliases": "Vladimir Petrov;Wladimir Petroff",
        "countries": "ru",
        "sanctions": "EU 2022/1",
        "dataset": "EU list",
        "birth_date": "1961",
    },
    {
        "id": "NK-2",
        "schema": "Company",
        "name": "Gasprombank JSC",
        "countries": "ru",
        "identifiers": "7744001497",
        "sanctions": "US",
    },
]
PEP = {
    "id": "Q1",
    "schema": "Person",
    "caption": "Anna Berg",
    "properties": {
        "name": ["Anna Berg"],
        "weakAlias": ["Annie"],
        "topics": ["role.pep"],
        "nationality": ["se"],
    },
    "datasets": ["se_riksdag"],
}
LIST = WatchList(
    each for each in (*map(entry_of_row, ROWS), entry_of_entity(PEP)) if each is not None
)


@pytest.mark.parametrize(
    ("name", "country", "verdict", "entry", "sort"),
    [
        ("Petrov, Vladimir", "RU", "block", "NK-1", "sanction"),
        ("Vladimir Petrov", "DE", "review", "NK-1", "sanction"),
        ("Wladimir Iwanowitsch Petrow", "RU", "review", "NK-1", "sanction"),
        ("Gazprombank", "RU", "block", "NK-2", "sanction"),
        ("Anna Berg", "SE", "review", "Q1", "pep"),
        ("Anna Burg", "SE", "review", "Q1", "pep"),
        ("Annie", "SE", "clear", None, None),
        ("Acme Logistics Ltd", "GB", "clear", None, None),
        ("Petrov Trading Ltd", "RU", "clear", None, None),
    ],
)
def test_who_is_listed_is_found_and_nobody_else(
    name: str, country: str, verdict: str, entry: str | None, sort: str | None
) -> None:
    found = screen(party(name=name, address={"country": country}), LIST)
    assert found.verdict == verdict
    first = found.hits[0] if found.hits else None
    assert (first and first.entry, first and first.sort) == (entry, sort)


def test_a_number_finds_who_has_changed_their_name() -> None:
    found = screen(party(name="Harmless Ltd", ids=[{"value": "7744 001497"}]), LIST)
    assert (found.verdict, found.hits[0].score) == ("block", 1)


def test_holders_and_owners_are_screened_too() -> None:
    holder = party(name="Harmless", bank_accounts=[account(holder="Vladimir Petrov")])
    assert screen(holder, LIST).verdict == "block"
    assert screen(party(name="Harmless"), LIST, also=["Anna Berg"]).hits[0].matched == "Anna Berg"
    assert screen(party(name="Harmless"), LIST).verdict == "clear"


def test_a_tenant_says_how_alike_is_alike() -> None:
    strict = ScreeningPolicy(match_at=Decimal(1), review_at=Decimal(1))
    assert screen(party(name="Gazprombank"), LIST, strict).verdict == "clear"


def test_the_order_of_entries_does_not_matter() -> None:
    entries = [entry for entry in map(entry_of_row, ROWS) if entry is not None]
    wanted = party(name="Vladimir Gasprombank Petrov")
    assert screen(wanted, WatchList(entries[::-1])) == screen(wanted, WatchList(entries))


@pytest.mark.parametrize(
    "odd",
    [{}, {"id": "1"}, {"name": "x"}, {"id": 1, "name": ["x"]}, {"id": "1", "properties": 7}],
)
def test_a_row_without_id_or_name_is_no_entry(odd: dict[str, Any]) -> None:
    assert entry_of_row(odd) is None
    assert entry_of_entity(odd) is None


@given(
    st.dictionaries(st.text(max_size=9), st.none() | st.text() | st.lists(st.text()), max_size=5)
)
def test_any_row_can_be_read(row: dict[str, Any]) -> None:
    entry_of_row({"id": "1", "name": "x", **row})
    entry_of_entity({"id": "1", "caption": "x", "properties": row})


@given(structs(Party, canonical=False))
def test_any_party_gets_a_verdict_that_can_be_written(one: Party) -> None:
    found = screen(one, LIST)
    assert found.verdict in ("clear", "review", "block")
    check_identifiers(one)
    check_bank_details(one, one)


def test_slips_in_a_name_do_not_hide_it_and_strangers_are_left_in_peace() -> None:
    chance = random.Random(20261121)
    words = [_word(chance) for _ in range(900)]
    entries = [
        {"id": f"X{n}", "name": f"{chance.choice(words)} {_word(chance)}", "sanctions": "x"}
        for n in range(1500)
    ]
    watch = WatchList(entry for entry in map(entry_of_row, entries) if entry is not None)
    listed = chance.sample(entries, 60)
    slips = [" ".join(mistyped(chance, each["name"]).split()[::-1]) for each in listed]
    found = [screen(party(name=slip), watch) for slip in slips]
    hit = [any(h.entry == e["id"] for h in f.hits) for f, e in zip(found, listed, strict=True)]
    assert sum(hit) >= 57
    strangers = [f"{_word(chance)} {_word(chance)}" for _ in range(60)]
    wrong = [name for name in strangers if screen(party(name=name), watch).verdict == "block"]
    assert len(wrong) <= 1


def _word(chance: random.Random) -> str:
    syllables = chance.randint(2, 4)
    return "".join(
        chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou") for _ in range(syllables)
    )


def test_a_screening_reads_as_it_was_written() -> None:
    found = screen(party(name="Vladimir Petrov"), LIST)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Screening) == found


# Bank details

SUPPLIER = party(
    name="Ateliers Bruyère SARL",
    address={"country": "FR"},
    bank_accounts=[account(FRENCH, verified_at="2026-01-01T00:00:00Z")],
)


def kinds(stated: Any, known: Party = SUPPLIER) -> tuple[str, str | None, set[str]]:
    found = check_bank_details(known, stated)
    assert IBAN not in str(found)
    return found.verdict, found.code, {each.kind for each in found.changes}


def test_the_account_we_know_is_known() -> None:
    assert kinds(SUPPLIER) == ("known", None, set())
    assert kinds(party(name="x")) == ("none", None, {"account_gone"})


def test_another_account_holds_payments_and_says_what_is_odd_about_it() -> None:
    changed = party(bank_accounts=[account(holder="Fast Money Ltd")])
    assert kinds(changed) == (
        "changed",
        "bank_account_changed",
        {"new_account", "holder_differs", "bank_abroad", "account_gone"},
    )
    wrong = party(bank_accounts=[account("FR1420041010050500013M02607")])
    assert "number_invalid" in kinds(wrong)[2]


def test_an_invoice_that_asks_for_another_account_is_told() -> None:
    asked: Any = bill(payment=[{"accounts": [account()]}], buyer=None).document
    assert isinstance(asked, Bill)
    verdict, code, found = kinds(asked)
    assert (verdict, code) == ("changed", "bank_account_changed")
    assert "account_gone" not in found
    right: Any = bill(payment=[{"accounts": [account(FRENCH)]}]).document
    assert kinds(right)[0] == "known"


def test_an_account_that_nobody_confirmed_is_told() -> None:
    known = party(name="x", bank_accounts=[account()])
    assert kinds(known, known) == ("unverified", "bank_account_unverified", {"unverified"})


@given(structs(Party), documents("invoice"))
def test_any_bank_details_get_a_verdict(known: Party, stated: Any) -> None:
    assert check_bank_details(known, stated).verdict in ("known", "changed", "unverified", "none")
