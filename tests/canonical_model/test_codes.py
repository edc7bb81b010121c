"""The code lists: complete, well formed, and read only when asked for."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import canonical_model
from canonical_model.base import codes
from canonical_model.errors import CanonicalError, UnknownCodeList

FOLDER = Path(canonical_model.__file__).parent / "codes"

# name: (columns after code and name, how many codes the named edition has)
LISTS: dict[str, tuple[tuple[str, ...], int]] = {
    "allowance_reason": ((), 19),
    "balance_type": (("moment", "basis"), 10),
    "bank_transaction_domain": ((), 11),
    "bank_transaction_family": (("domain", "family"), 104),
    "bank_transaction_subfamily": ((), 232),
    "charge_reason": ((), 178),
    "country": (("alpha3", "numeric", "eu"), 251),
    "currency": (("exponent", "numeric", "status"), 218),
    "disposition": ((), 33),
    "document_type": (("kind", "en16931"), 87),
    "eas": (("status",), 104),
    "icd": ((), 243),
    "incoterms": (("edition", "mode"), 16),
    "item_scheme": ((), 185),
    "mime": (("extension", "en16931"), 9),
    "nacha_return": (("group",), 70),
    "note_subject": ((), 401),
    "object_scheme": ((), 818),
    "payment_means": ((), 84),
    "purpose": ((), 329),
    "response_code": ((), 7),
    "return_reason": (("return", "status", "cancellation", "reversal"), 330),
    "status_action": ((), 7),
    "status_reason": ((), 14),
    "tax_category": (
        ("zero_amount", "needs_exemption", "needs_rate", "rate", "en16931"),
        21,
    ),
    "tax_exemption": (("category",), 88),
    "unit": (("source",), 2162),
    "unit_factor": (("dimension", "factor"), 104),
}

every_list = pytest.mark.parametrize("name", sorted(LISTS))


def read(name: str) -> list[list[str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def cell(list_name: str, code: str, column: str) -> str:
    row = codes.code_list(list_name).get(code)
    assert row is not None
    return row[column]


def test_the_lists_on_disk_are_the_lists_known_here() -> None:
    assert set(codes.list_names()) == set(LISTS)


@every_list
def test_a_list_has_at_least_the_codes_of_its_edition(name: str) -> None:
    assert len(codes.code_list(name)) >= LISTS[name][1]


@every_list
def test_a_header_is_code_and_name_and_what_is_documented(name: str) -> None:
    assert tuple(read(name)[0]) == ("code", "name", *LISTS[name][0])


@every_list
def test_codes_are_unique_and_sorted(name: str) -> None:
    found = [row[0] for row in read(name)[1:]]
    assert found == sorted(set(found))


@every_list
def test_every_row_is_whole_and_every_code_has_a_name(name: str) -> None:
    header, *rows = read(name)
    assert all(len(row) == len(header) and row[0] and row[1] for row in rows)
    assert all(text == text.strip() for row in rows for text in row)


@every_list
def test_a_file_ends_its_lines_as_unix_does(name: str) -> None:
    data = (FOLDER / f"{name}.csv").read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert not data.startswith(b"\xef\xbb\xbf")


@every_list
def test_the_readme_has_a_row_for_each_list(name: str) -> None:
    assert f"| `{name}` |" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "exponent"),
    [("JPY", 0), ("KWD", 3), ("CLF", 4), ("EUR", 2), ("ISK", 0), ("BGN", 2), ("ITL", 0)],
)
def test_a_currency_has_the_decimals_of_iso_4217(code: str, exponent: int) -> None:
    assert codes.currency_exponent(code) == exponent


@pytest.mark.parametrize("code", ["XAU", "XXX", "EURO", "eur", ""])
def test_no_exponent_is_invented(code: str) -> None:
    assert codes.currency_exponent(code) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("unit", "C62"),
        ("unit", "KGM"),
        ("unit", "HUR"),
        ("unit", "XPX"),
        ("eas", "0088"),
        ("eas", "9930"),
        ("icd", "0208"),
        ("country", "XI"),
        ("country", "1A"),
        ("payment_means", "58"),
        ("tax_exemption", "VATEX-EU-AE"),
        ("return_reason", "AM04"),
        ("nacha_return", "R01"),
        ("bank_transaction_family", "PMNT/RCDT"),
        ("incoterms", "DPU"),
        ("disposition", "damaged"),
    ],
)
def test_a_code_in_daily_use_is_there(name: str, code: str) -> None:
    assert codes.is_code(name, code)
    assert code in codes.code_list(name)


@pytest.mark.parametrize(
    ("name", "code"), [("unit", "EACH"), ("country", "EL"), ("currency", "eur"), ("eas", "88")]
)
def test_what_is_nearly_a_code_is_not_one(name: str, code: str) -> None:
    assert not codes.is_code(name, code)
    assert codes.code_list(name).get(code) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [("380", "invoice"), ("381", "credit_note"), ("396", "credit_note"), ("351", "other")],
)
def test_a_document_type_says_its_kind(code: str, kind: str) -> None:
    assert cell("document_type", code, "kind") == kind


def test_a_union_of_27_states_is_marked() -> None:
    members = [c for c, row in codes.code_list("country").codes.items() if row["eu"]]
    assert len(members) == 27


# EN 16931 BR-AE-05, BR-E-05, BR-G-05, BR-IC-05, BR-O-05, BR-Z-05 and their -10 siblings
@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("zero_amount", "AE E G K O Z"),
        ("needs_exemption", "AE E G K O"),
        ("needs_rate", "AE B E G K L M S Z"),
        ("en16931", "AE B E G K L M O S Z"),
    ],
)
def test_tax_categories_carry_the_conditions_of_en_16931(column: str, expected: str) -> None:
    marked = [c for c, row in codes.code_list("tax_category").codes.items() if row[column]]
    assert marked == expected.split()


def test_an_exemption_goes_with_a_category_that_needs_one() -> None:
    for row in codes.code_list("tax_exemption").codes.values():
        assert cell("tax_category", row["category"], "needs_exemption") == "yes"


def test_a_family_belongs_to_a_known_domain() -> None:
    for code, row in codes.code_list("bank_transaction_family").codes.items():
        assert codes.is_code("bank_transaction_domain", row["domain"])
        assert code == f"{row['domain']}/{row['family']}"


def test_the_reasons_and_actions_of_an_invoice_response_are_all_there() -> None:
    assert set(codes.code_list("response_code").codes) == set("AB IP UQ CA RE AP PD".split())
    assert set(codes.code_list("status_action").codes) == set("NOA PIN NIN CNF CNP CNA OTH".split())


@pytest.mark.parametrize(("asked", "meant"), [("curency", "currency"), ("units", "unit")])
def test_an_unknown_list_names_the_nearest(asked: str, meant: str) -> None:
    with pytest.raises(UnknownCodeList, match=meant) as caught:
        codes.code_list(asked)
    assert isinstance(caught.value, CanonicalError)
    assert asked in str(caught.value)


@pytest.mark.parametrize("name", ["", "../codes/currency", "README.md", "x" * 5000])
def test_a_list_name_is_never_a_path(name: str) -> None:
    with pytest.raises(UnknownCodeList) as caught:
        codes.code_list(name)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("name", "code", "meant"),
    [
        ("currency", "EURO", "EUR"),
        ("currency", "usd", "USD"),
        ("unit", "hour", "HUR"),
        ("unit", " kilogram ", "KGM"),
        ("country", "Germany", "DE"),
        ("incoterms", "EXWORKS", "EXW"),
    ],
)
def test_a_hint_offers_the_code_that_was_meant_first(name: str, code: str, meant: str) -> None:
    hints = codes.nearest(name, code)
    assert hints[0] == meant
    assert len(hints) <= 3


def test_nothing_alike_gives_no_hint() -> None:
    assert codes.nearest("currency", "§" * 10_000) == ()


def test_a_list_is_read_once_and_cannot_be_changed() -> None:
    units = codes.code_list("unit")
    assert codes.code_list("unit") is units
    with pytest.raises(TypeError):
        units.codes["C62"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        units.codes["C62"]["name"] = "other"  # type: ignore[index]


def test_import_reads_no_list() -> None:
    program = (
        "import sys, canonical_model.base\n"
        "opened = []\n"
        "sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e == 'open' else None)\n"
        "import canonical_model.base.codes\n"
        "sys.exit(any(name.endswith('.csv') for name in opened))\n"
    )
    root = FOLDER.parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=False, timeout=60)
    assert done.returncode == 0
