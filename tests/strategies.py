"""Documents of every kind, drawn from the declarations of their fields.

`documents()` draws what is canonical: exact decimals of at most 18 and 9 digits, trimmed NFC texts,
instants in UTC. Codes, schemes and profiles are mostly real ones, so that rules find something to
judge. `bills()` draws invoices and credit notes whose figures agree.
"""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec import Struct, inspect

from canonical_model.documents import KINDS, AnyDocument
from canonical_model.documents.invoice import Bill

_MOST_FIELDS = 7

# What fields of these names mostly hold; other names hold anything of their type.
_USUAL: dict[str, list[str]] = {
    "category": ["S", "Z", "E", "AE", "K", "G", "O", "L", "standard"],
    "exemption_code": ["VATEX-EU-AE", "vatex-eu-ic", "N4"],
    "means": ["30", "58", "ZZZ", "wire"],
    "scheme": ["iban", "bic", "0002", "0060", "0088", "0192", "0199", "0208", "9930", "us-aba"],
    "specification": [
        "urn:cen.eu:en16931:2017",
        "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
        "urn:factur-x.eu:1p0:minimum",
        "urn:factur-x.eu:1p0:basicwl",
        "urn:peppol:pint:billing-1@jp-1",
    ],
    "type_code": ["380", "381", "AP", "invoice"],
    "unit": ["C62", "HUR", "KGM", "XBX", "Stk"],
    "base_unit": ["C62", "KGM"],
    "value": ["DE136695976", "DE89370400440532013000", "4012345000009", "136695976", "ATU1", "0"],
}
_USUAL_TYPES = {"type": ["VAT", "OPBD", "CLBD", "GST"]}
_CURRENCIES = ["EUR", "USD", "JPY", "KWD", "CLF", "XAU", "XYZ"]
_COUNTRIES = ["DE", "FR", "US", "CH", "NO", "IN", "GR", "ZZ"]


def amounts() -> SearchStrategy[Decimal]:
    """Exact decimals of the canonical range, mostly of two decimals and small."""
    usual = st.integers(-(10**7), 10**7).map(lambda cents: Decimal(cents).scaleb(-2))
    digits = st.integers(-(10**18) + 1, 10**18 - 1)
    any_size = st.builds(lambda number, places: Decimal(number).scaleb(-places), digits, _PLACES)
    return st.one_of(usual, usual, any_size)


_PLACES = st.integers(0, 9)


def numbers() -> SearchStrategy[Decimal]:
    """The same without trailing zeros: prices, quantities, percents, rates."""
    usual = st.sampled_from([Decimal(text) for text in ("0", "1", "2", "19", "7.7", "0.005", "-3")])
    return st.one_of(usual, amounts().map(_bare))


def _bare(number: Decimal) -> Decimal:
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def texts(longest: int = 20) -> SearchStrategy[str]:
    """NFC, not blank, without blanks at the ends, without control characters."""
    letters = st.characters(exclude_categories=("Cs", "Cc"))
    tidy = st.text(letters, max_size=longest).map(_tidy)
    return tidy.filter(lambda text: 0 < len(text) <= 64)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def documents(kind: str | None = None, *, canonical: bool = True) -> SearchStrategy[Any]:
    """Documents of one kind or of any.

    With `canonical=False` decimals may be anything that `Decimal` can hold, and texts anything that
    `str` can.
    """
    kinds = [kind] if kind is not None else sorted(KINDS)
    return st.one_of([structs(KINDS[each], canonical) for each in kinds])


@cache
def structs(cls: type[Struct], canonical: bool = True) -> SearchStrategy[Any]:
    """Any struct of the model, with a handful of its optional fields."""
    info = inspect.type_info(cls)
    assert isinstance(info, inspect.StructType)
    fields = {each.name: _of_type(each.type, each.name, canonical) for each in info.fields}
    required = [each.name for each in info.fields if each.required]
    optional = sorted(set(fields) - set(required))
    few = st.lists(st.sampled_from(optional), unique=True, max_size=_MOST_FIELDS)

    @st.composite
    def build(draw: DrawFn) -> Any:
        chosen = [*required, *(draw(few) if optional else ())]
        return cls(**{name: draw(fields[name]) for name in chosen})

    return build()


def _of_type(node: inspect.Type, name: str, canonical: bool) -> SearchStrategy[Any]:
    if isinstance(node, inspect.Metadata):
        sort = (node.extra_json_schema or {}).get("x-scalar")
        return _decimal(sort, canonical) if sort else _of_type(node.type, name, canonical)
    if isinstance(node, inspect.UnionType):
        held = next(each for each in node.types if not isinstance(each, inspect.NoneType))
        return _of_type(held, name, canonical)
    if isinstance(node, inspect.StructType):
        return st.deferred(lambda: structs(node.cls, canonical))
    if isinstance(node, inspect.ListType):
        return st.lists(_of_type(node.item_type, name, canonical), max_size=3)
    if isinstance(node, inspect.DictType):
        return st.dictionaries(texts(), texts(), max_size=2)
    return _plain(node, name, canonical)


def _decimal(sort: str, canonical: bool) -> SearchStrategy[Decimal]:
    exact = amounts() if sort == "amount" else numbers()
    return exact if canonical else st.one_of(exact, st.decimals(), _ODD)


_ODD = st.sampled_from([Decimal(t) for t in ("sNaN", "-0", "1E+999999", "-1E-999999", "9" * 99)])


def _plain(node: inspect.Type, name: str, canonical: bool) -> SearchStrategy[Any]:
    if isinstance(node, inspect.StrType):
        return _text(node, name, canonical)
    if isinstance(node, inspect.LiteralType):
        return st.sampled_from(sorted(map(str, node.values)))
    if isinstance(node, inspect.BoolType):
        return st.booleans()
    if isinstance(node, inspect.IntType):
        return st.one_of(st.integers(0, 40), st.integers(node.ge or 0, node.le))
    if isinstance(node, inspect.DateTimeType):
        return st.datetimes(timezones=st.just(datetime.UTC))
    if isinstance(node, inspect.DateType):
        near = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
        return st.one_of(near, st.dates())
    raise NotImplementedError(f"{name}: {node}; say here how to draw it")


def _text(node: inspect.StrType, name: str, canonical: bool) -> SearchStrategy[str]:
    if node.min_length == node.max_length == 3:
        return st.sampled_from(_CURRENCIES)
    if node.min_length == node.max_length == 2:
        return st.sampled_from(_COUNTRIES)
    anything = texts() if canonical else st.text(max_size=64)
    usual = _USUAL.get(name) or (_USUAL_TYPES.get(name) if node.max_length else None)
    return st.one_of(st.sampled_from(usual), anything) if usual else anything


def from_plain(plain: dict[str, Any]) -> AnyDocument:
    """A document as it is written in JSON."""
    document: AnyDocument = msgspec.convert(plain, type=AnyDocument)
    return document


@st.composite
def bills(draw: DrawFn) -> Bill:
    """An invoice or credit note whose figures agree: prices, lines, allowances, taxes, totals."""
    nets: dict[tuple[str, str], Decimal] = {}
    lines = [draw(_lines(nets)) for _ in range(draw(st.integers(1, 4)))]
    summed = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    adjustments = [draw(_adjustments(nets)) for _ in range(draw(st.integers(0, 2)))]
    sums = {
        kind: sum((Decimal(a["amount"]) for a in adjustments if a["kind"] == kind), Decimal(0))
        for kind in ("allowance", "charge")
    }
    taxes = [_row(category, rate, taxable) for (category, rate), taxable in nets.items()]
    tax = sum((Decimal(row["amount"]) for row in taxes), Decimal(0))
    net = summed - sums["allowance"] + sums["charge"]
    prepaid, rounding = draw(_cents), draw(_cents)
    figures = {"lines": summed, "net": net, "tax": tax, "gross": net + tax}
    figures |= {"allowances": sums["allowance"], "charges": sums["charge"]}
    figures |= {"prepaid": prepaid, "rounding": rounding, "payable": net + tax - prepaid + rounding}
    plain = {"kind": draw(st.sampled_from(["invoice", "credit_note"])), "currency": "EUR"}
    parts = {"lines": lines, "adjustments": adjustments, "taxes": taxes}
    bill = from_plain({**plain, **parts, "totals": {k: str(v) for k, v in figures.items()}})
    assert isinstance(bill, Bill)
    return bill


_cents = st.integers(0, 10**6).map(lambda cents: Decimal(cents).scaleb(-2))
_RATES = st.sampled_from([("S", "19"), ("S", "7.7"), ("Z", "0"), ("E", "0")])


@st.composite
def _lines(draw: DrawFn, nets: dict[tuple[str, str], Decimal]) -> dict[str, Any]:
    quantity, price = draw(st.integers(-50, 500)), draw(_cents)
    category, rate = draw(_RATES)
    net = quantity * price + Decimal(0)  # never -0.00
    nets[category, rate] = nets.get((category, rate), Decimal(0)) + net
    taxes = [{"category": category, "rate": rate}]
    line = {"quantity": str(quantity), "price": {"net": str(price)}, "net": str(net)}
    kind = draw(st.sampled_from([{}, {"kind": "detail"}]))
    return {**line, **kind, "taxes": taxes}


@st.composite
def _adjustments(draw: DrawFn, nets: dict[tuple[str, str], Decimal]) -> dict[str, Any]:
    kind, amount = draw(st.sampled_from(["allowance", "charge"])), draw(_cents)
    category, rate = draw(st.sampled_from(sorted(nets)))
    nets[category, rate] += amount if kind == "charge" else -amount
    return {"kind": kind, "amount": str(amount), "tax": {"category": category, "rate": rate}}


def _row(category: str, rate: str, taxable: Decimal) -> dict[str, str]:
    amount = (taxable * Decimal(rate) / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    row = {"category": category, "rate": rate, "taxable": str(taxable), "amount": str(amount)}
    return {**row, "exemption_text": "why not"} if category == "E" else row
