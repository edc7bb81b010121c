"""What the editor shows: nodes, their AI-tool variants, lists and fields from the server."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.n8n.n8n_host import N8n
from tests.n8n.samples import invoice
from tests.n8n.standing import Server
from tests.n8n.workflows import PACKAGE

Json = dict[str, Any]


@pytest.fixture(scope="module")
def types(n8n: N8n) -> dict[str, Json]:
    """Every node type that this n8n offers from the package."""
    found = n8n.session.get(
        n8n.url("/types/nodes.json"), headers={"browser-id": "tests"}, timeout=60
    ).json()
    return {each["name"]: each for each in found if each["name"].startswith(PACKAGE)}


def test_there_is_a_node_for_each_system_that_people_look_for(types: dict[str, Json]) -> None:
    titles = {each["displayName"] for each in types.values()}
    assert {"Counterfoil", "Counterfoil Trigger", "Counterfoil Polling Trigger"} <= titles
    assert {"NetSuite (Counterfoil)", "SAP S/4HANA (Counterfoil)"} <= titles
    assert {"Bank Statement (Counterfoil)", "E-Invoice (Counterfoil)"} <= titles


def test_every_node_but_triggers_has_its_variant_for_ai_agents(types: dict[str, Json]) -> None:
    plain = {name for name in types if not name.endswith(("Trigger", "Tool"))}
    assert len(plain) > 30
    assert {f"{name}Tool" for name in plain} == {n for n in types if n.endswith("Tool")}


def test_a_node_is_found_among_finance(types: dict[str, Json]) -> None:
    codex = types[f"{PACKAGE}.counterfoilNetsuite"]["codex"]
    assert codex["categories"] == ["Finance & Accounting"]
    assert "NetSuite" in codex["alias"]


@pytest.fixture(scope="module")
def ask(n8n: N8n, credential: Json) -> Any:
    """Ask as the editor does while somebody fills in a form."""

    def asked(what: str, path: str, kind: str = "counterfoil", **more: Any) -> Any:
        given = more.pop("parameters", {})
        return n8n.dynamic(what, {
            "nodeTypeAndVersion": {"name": f"{PACKAGE}.{kind}", "version": 1},
            "path": path, "credentials": credential,
            "currentNodeParameters": {"authentication": "apiKey", **given}, **more,
        })  # fmt: skip

    return asked


def test_connectors_and_their_resources_are_listed(ask: Any) -> None:
    found = ask("options", "options.connector", methodName="readers")
    assert "ap/ubl" in {each["value"] for each in found}
    given = {"options": {"connector": "erp/xero"}}
    resources = ask("options", "options.resourceName", methodName="read", parameters=given)
    assert "invoice" in {each["value"] for each in resources}


def test_documents_are_found_by_their_number(ask: Any, server: Server) -> None:
    server.asked("POST", "/v1/documents?connector=canonical", "n8n", json=invoice("FIND-ME"))
    more = {"methodName": "searchDocuments", "filter": "FIND-ME"}
    found = ask("resource-locator-results", "documentId", **more)
    assert [each["name"].split(" · ")[1] for each in found["results"]] == ["FIND-ME"]


def test_connections_are_those_of_the_system(ask: Any, xero: Any) -> None:
    more = {"methodName": "searchConnections"}
    found = ask("resource-locator-results", "connectionId", "counterfoilXero", **more)
    assert [each["value"] for each in found["results"]] == ["xero-main"]
    other = ask("resource-locator-results", "connectionId", "counterfoilOdoo", **more)
    assert other["results"] == []


def test_the_mapper_has_the_fields_of_the_kind(ask: Any) -> None:
    given = {"parameters": {"kind": "payment"}, "methodName": "fields"}
    found = ask("resource-mapper-fields", "fields", **given)["fields"]
    assert "amount" in {each["id"] for each in found}


def test_the_credential_is_tried_against_the_server(n8n: N8n, server: Server) -> None:
    def tried(key: str) -> Any:
        data = {"baseUrl": server.url, "apiKey": key}
        about = {"id": "", "name": "x", "type": "counterfoilApi", "data": data}
        return n8n.asked("POST", "/rest/credentials/test", {"credentials": about})["status"]

    assert tried(server.keys["n8n"]) == "OK"
    assert tried("cf_wrong") == "Error"


def test_icons_are_served_for_light_and_dark(n8n: N8n, types: dict[str, Json]) -> None:
    urls = types[f"{PACKAGE}.counterfoil"]["iconUrl"]
    for shade in ("light", "dark"):
        answer = requests.get(n8n.url(f"/{urls[shade]}"), timeout=30)
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
