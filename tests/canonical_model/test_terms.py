"""Every term of EN 16931 and every element of camt.053 has a place in the schemas."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from canonical_model.parts.identifier import IdentifierKind
from canonical_model.parts.reference import RefRole
from canonical_model.schemas import schema as make_schema

TABLES = Path(__file__).parents[2] / "docs" / "model"

schema_of = cache(make_schema)


def rows(name: str) -> list[tuple[str, str]]:
    """Term and path, one row for each path of a term."""
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return [(r["term"], p) for r in csv.DictReader(file) for p in r["path"].split(" + ")]


def resolve(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of a path; raises when there is no such place."""
    node = schema
    for step in path.split("."):
        name, _, choice = step.partition("[")
        node = follow(schema, node)["properties"][name]
        if choice:
            node = chosen(schema, node, name, choice.removesuffix("]"))
    return follow(schema, node)


def chosen(schema: dict[str, Any], node: dict[str, Any], name: str, choice: str) -> dict[str, Any]:
    """An item of a list; `refs[order]` and `ids[vat]` name one that is allowed."""
    items = follow(schema, node)["items"]
    allowed = {"refs": get_args(RefRole), "ids": get_args(IdentifierKind)}.get(name, ())
    assert choice == "" or choice in allowed, f"{name} knows no {choice}"
    return items


def follow(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The definition that a node refers to, or the node itself."""
    found = re.fullmatch(r"#/\$defs/(\w+)", node.get("$ref", ""))
    return schema["$defs"][found[1]] if found else node


@pytest.mark.parametrize(("term", "path"), rows("en16931.csv"))
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_every_business_term_has_a_path(kind: str, term: str, path: str) -> None:
    assert resolve(schema_of(kind), path)["description"]


def test_no_business_term_is_missing() -> None:
    known = {int(term.removeprefix("BT-")) for term, _ in rows("en16931.csv")}
    # EN 16931 has BT-1 to BT-165; BT-4 does not exist.
    assert known == set(range(1, 166)) - {4}


@pytest.mark.parametrize(("term", "path"), rows("camt053.csv"))
def test_every_camt_element_has_a_path(term: str, path: str) -> None:
    assert resolve(schema_of("bank_statement"), path)


@pytest.mark.parametrize(("term", "path"), rows("en16931.csv"))
def test_fields_name_the_term_they_stand_for(term: str, path: str) -> None:
    """What the table says and what the declaration says is the same."""
    schema = schema_of("invoice")
    field = last_property(schema, path)
    # identifiers carry the terms on the list they stand in, their values do not
    stated = set(field.get("x-terms", ()))
    assert term in stated or path.endswith((".scheme", ".value")), f"{path} does not name {term}"


def last_property(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The declaration of the last field of a path, before its type is followed."""
    parent, _, name = path.rpartition(".")
    holder = resolve(schema, parent) if parent else schema
    return holder["properties"][name.partition("[")[0]]
