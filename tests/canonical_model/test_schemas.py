"""The published schemas are valid, complete and current."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from canonical_model import schemas
from canonical_model.documents import KINDS, PREFIXES
from canonical_model.errors import UnknownKind

KINDS_OF_THE_DESIGN = {
    *("invoice", "credit_note", "purchase_order", "sales_order", "goods_receipt", "shipment"),
    *("return", "inventory_adjustment", "payment", "bank_statement", "bank_transaction"),
    *("journal_entry", "party", "bank_account", "ref_data", "order_response", "quote"),
    *("payment_status", "tax_determination"),
}


def test_all_kinds_are_there_each_with_its_own_prefix() -> None:
    assert set(KINDS) == KINDS_OF_THE_DESIGN
    assert len(set(PREFIXES.values())) == len(KINDS)


@pytest.mark.parametrize("name", schemas.names())
def test_a_schema_is_valid_against_the_metaschema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas.schema(name))


def test_committed_schemas_say_what_the_structs_say() -> None:
    assert schemas.stale() == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_kind_is_required(kind: str) -> None:
    schema = schemas.schema(kind)
    assert schema["required"] == ["kind"]
    assert schema["additionalProperties"] is False
    assert schema["examples"]


def properties(node: Any) -> list[tuple[str, dict[str, Any]]]:
    """All properties anywhere in a schema."""
    if isinstance(node, list):
        return [found for item in node for found in properties(item)]
    if not isinstance(node, dict):
        return []
    own = list(node["properties"].items()) if isinstance(node.get("properties"), dict) else []
    rest = [value for key, value in node.items() if key != "examples"]
    return own + [found for value in rest for found in properties(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_and_a_description(kind: str) -> None:
    for name, field in properties(schemas.schema(kind)):
        assert field["title"], name
        assert name == "kind" or field["description"], name


@pytest.mark.parametrize("name", schemas.names())
def test_no_schema_allows_null(name: str) -> None:
    assert '"null"' not in json.dumps(schemas.schema(name))


def test_amounts_carry_the_pattern_and_an_example() -> None:
    field = schemas.schema("invoice")["$defs"]["Totals"]["properties"]["gross"]
    assert field["pattern"].startswith("^")
    assert field["type"] == "string"
    assert field["examples"]


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UnknownKind, match="invoice"):
        schemas.schema("invoise")
    with pytest.raises(UnknownKind, match="record"):
        schemas.schema("recrod")
    with pytest.raises(UnknownKind):
        schemas.example("record")


def test_the_generator_refuses_other_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert schemas.main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err
    assert schemas.main(["--check"]) == 0
