"""What holds for every connector of the pack: its manifest, its README, what its samples cover."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import connectors
from tests.golden import ROOT, connector_of, golden_of, samples

Document: TypeAlias = dict[str, Any]

PACK = connectors.pack().connectors
NAMES = sorted(PACK)
with_each = pytest.mark.parametrize("name", NAMES)
SAMPLES = samples()
VOUCHERS = ("invoice", "credit_note")
OWN = ("dimensions", "attributes", "classifications")
# A field of the user's own that a document has no place for: a remark `name: value`.
NAMED = re.compile(r"[^:]{1,40}: \S")
NEEDED = {"number", "issue_date", "currency", "lines", "totals", "seller", "buyer"}


@cache
def golden(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(golden_of(path).read_text("utf-8"))
    return found


def goldens(name: str) -> list[dict[str, Any]]:
    return [golden(path) for path in SAMPLES if connector_of(path) == name]


def vouchers(name: str) -> list[Document]:
    documents = [record["document"] for each in goldens(name) for record in each["records"]]
    return [document for document in documents if document["kind"] in VOUCHERS]


def with_vouchers() -> list[str]:
    return [name for name in NAMES if vouchers(name)]


def errors(result: dict[str, Any]) -> list[str]:
    issues = [*result["issues"], *(i for r in result["records"] for i in r["issues"])]
    return [issue for issue in issues if issue.startswith("error")]


# What the samples of invoices and credit notes cover.


def every(tree: Any, key: str) -> Iterator[Any]:
    """All values under a key, at any depth."""
    if isinstance(tree, dict):
        yield from ([tree[key]] if key in tree else [])
    below = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for each in below:
        yield from every(each, key)


def credit(found: list[Document]) -> bool:
    return any(document["kind"] == "credit_note" for document in found)


def several_currencies(found: list[Document]) -> bool:
    named = {document.get("currency") for document in found}
    return len(named - {None}) > 1 or any({"rates", "tax_currency"} & {*each} for each in found)


def several_rates(found: list[Document]) -> bool:
    return any(has_several_rates(document) for document in found)


def has_several_rates(document: Document) -> bool:
    taxes = [tax for each in every(document, "taxes") for tax in each]
    return any(len({tax[k] for tax in taxes if k in tax}) > 1 for k in ("rate", "code", "category"))


def adjustments(found: list[Document]) -> bool:
    keys = ("adjustments", "allowances", "charges", "discount")
    return any(True for key in keys for _ in every(found, key))


def partial(found: list[Document]) -> bool:
    return any(not document.keys() >= NEEDED for document in found)


def custom_fields(found: list[Document]) -> bool:
    roles = {ref.get("role") for refs in every(found, "refs") for ref in refs}
    notes = [note["text"] for each in every(found, "notes") for note in each]
    own = any(True for key in OWN for _ in every(found, key))
    return own or "other" in roles or any(NAMED.match(text) for text in notes)


SORTS: dict[str, Callable[[list[Document]], bool]] = {
    "credit": credit,
    "currencies": several_currencies,
    "tax rates": several_rates,
    "adjustments": adjustments,
    "partial": partial,
    "custom fields": custom_fields,
}

# What a system's payloads cannot say, and why.
CANNOT: dict[str, dict[str, str]] = {
    "ap/azure_document_intelligence": {
        "credit": "no field of the model says what sort of document it is",
        "custom fields": "fields asked for beside the model's have any name; an overlay names them",
    },
    "ap/billcom": {
        "adjustments": "discounts and charges are lines",
        "tax rates": "taxes are lines",
    },
    "ap/rossum": {
        "adjustments": "there is no standard field for discounts and charges",
        "custom fields": "fields of a queue's own have any name; an overlay names them",
    },
    "bank/paypal": {"credit": "what is taken back is a refund, not a document"},
    "bank/square": {
        "adjustments": "the lines are those of the order",
        "credit": "what is taken back is a refund, not a document",
        "tax rates": "the lines are those of the order",
    },
    "commerce/chargebee": {"custom fields": "customers and subscriptions have them, bills do not"},
    "erp/dynamics_fo": {"credit": "no header says that it credits: lines are negative"},
    "erp/sage_intacct": {"adjustments": "discounts and charges are lines"},
    "erp/tryton": {"adjustments": "discounts and charges are lines"},
}


@with_each
def test_a_sample_is_claimed_by_its_connector_and_no_other(name: str) -> None:
    claimed = {each["connector"] for each in goldens(name)}
    assert claimed <= {name, None}
    assert name in claimed, "no sample of its own is recognised"


@with_each
def test_a_connector_shows_an_ordinary_case_and_a_refusal(name: str) -> None:
    assert any(each["records"] and not errors(each) for each in goldens(name)), "none is sound"
    assert any(errors(each) for each in goldens(name)), "nothing is refused"


@pytest.mark.parametrize("name", with_vouchers())
def test_the_samples_of_invoices_cover_what_the_format_can_say(name: str) -> None:
    found = vouchers(name)
    missing = {sort for sort, holds in SORTS.items() if not holds(found)}
    assert missing == CANNOT.get(name, {}).keys(), "add a sample, or strike out the exception"


def test_exceptions_are_of_connectors_that_there_are() -> None:
    assert CANNOT.keys() <= set(with_vouchers())


@with_each
def test_a_readme_says_what_its_maps_rest_on(name: str) -> None:
    text = (ROOT / name / "README.md").read_text("utf-8")
    assert "http" in text, "name the vendor's or the standard's own documents"
    assert re.search(r"samples.{0,60}\b(our own|ours)\b", text, re.I | re.S), "whose samples?"


@with_each
def test_a_manifest_names_every_map_and_what_it_rests_on(name: str) -> None:
    connector = PACK[name]
    resources = set(connector.manifest["resources"])
    maps = {*connector.map_names("read"), *connector.map_names("write")}
    assert maps <= resources
    assert connector.manifest.get("docs")
    assert connector.manifest.get("rests_on")


@pytest.mark.parametrize("name", [name for name in NAMES if "api" in PACK[name].manifest])
def test_an_api_says_how_it_is_entered_and_where_it_is(name: str) -> None:
    manifest = PACK[name].manifest
    assert manifest.get("auth")
    assert manifest["api"].get("hosts") or manifest["api"].get("self_hosted")
    for resource in PACK[name].map_names("write"):
        if CALLED_BY_ANOTHER.get(f"{name}/{resource}"):
            continue
        called = manifest["resources"][resource]
        call = called.get("create") or called.get("update") or {}
        assert call.get("idempotency"), resource


# Write maps of an API whose payload another resource's call sends, and which.
CALLED_BY_ANOTHER: dict[str, str] = {
    "erp/sage_intacct/ap_bill_xml": "bill, over REST; the frame of an XML request is the caller's",
}


@with_each
def test_webhooks_lead_to_resources_that_there_are(name: str) -> None:
    manifest = PACK[name].manifest
    named = set(manifest.get("webhooks", {}).get("resources", {}).values())
    assert named <= set(manifest["resources"])
