"""`counterfoil mcp` as a language model meets it: the SDK's client, standard streams, a server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from canonical_model import schemas
from node_server.simulators import Simulator
from tests.n8n.standing import Server
from tests.node_server.conftest import INVOICE
from tests.node_server.mcp.conftest import Model

pytestmark = pytest.mark.slow

Models = Callable[..., Model]
Take = Callable[..., str]
IBAN = "DE89370400440532013000"


def test_every_tool_says_what_it_is_for_and_whether_it_changes_anything(model: Models) -> None:
    tools = {each.name: each for each in model().tools()}
    assert len(tools) == 15
    assert all(60 < len(each.description) < 600 for each in tools.values())
    acting = {name for name, each in tools.items() if not each.annotations.read_only_hint}
    assert acting == {"post_document", "approve_document", "propose_bank_details"}
    assert all(tools[name].input_schema["properties"]["dry_run"]["default"] for name in acting)


def test_read_only_leaves_no_tool_that_changes_anything(model: Models) -> None:
    tools = model("admin", "--read-only").tools()
    assert len(tools) == 12
    assert all(each.annotations.read_only_hint for each in tools)


@pytest.mark.parametrize("encoding", ["text", "base64"])
def test_a_payload_is_mapped_and_its_accounts_are_masked(model: Models, encoding: str) -> None:
    payload = INVOICE.decode() if encoding == "text" else base64.b64encode(INVOICE).decode()
    found = model().asks("map_payload", payload=payload, encoding=encoding)
    assert found["connector"] == "ap/ubl"
    assert "…" in json.dumps(found, ensure_ascii=False)
    assert not any(iban in json.dumps(found) for iban in ("DE75512108001245126199", IBAN))


def test_bytes_that_are_no_base64_are_told_apart(model: Models) -> None:
    assert "not base64" in model().is_refused("map_payload", payload="<a/>", encoding="base64")


def test_a_map_is_explained_and_a_document_checked(model: Models) -> None:
    which = {"connector": "ap/ubl", "resource": "invoice", "field": "totals."}
    rows = model().asks("explain_map", **which)["data"]
    assert rows
    assert all("totals." in row["path"] for row in rows)
    document = json.loads(schemas.example("invoice"))
    document["totals"]["gross"] = "1.00"
    found = model().asks("validate_document", document=document)
    assert "error" in json.dumps(found)


def test_a_document_is_found_shown_and_traced(model: Models, taken: Take) -> None:
    taken(number="MCP-1")
    (found,) = model().asks("find_documents", number="MCP-1")["data"]
    assert model().asks("show_document", document=found["id"])["id"] == found["id"]
    assert model().asks("show_trace", document=found["id"])
    assert "not_found" in model().is_refused("show_document", document="inv_none/../x")


def test_lists_come_in_pages(model: Models, taken: Take) -> None:
    taken(number="P-1")
    taken(number="P-2")
    first = model().asks("find_documents", limit=1)
    assert first["has_more"]
    second = model().asks("find_documents", limit=1, cursor=first["next_cursor"])
    assert first["data"][0]["id"] != second["data"][0]["id"]
    assert "limit" in model().is_refused("find_documents", limit=5000)


@pytest.mark.parametrize(
    "tool",
    ["find_duplicates", "reconciliation_proposals", "list_exceptions", "list_approvals"],
)
def test_what_waits_for_a_person_is_listed(model: Models, tool: str) -> None:
    assert "data" in model().asks(tool)


def test_what_matching_proposes_is_shown(model: Models, server: Server, taken: Take) -> None:
    invoice = taken(number="M-1")
    server.asked("POST", f"/v1/documents/{invoice}/match")
    assert "verdict" in model().asks("match_proposals", document=invoice)


def test_connections_are_listed_without_secrets(model: Models, xero: Simulator) -> None:
    found = json.dumps(model().asks("list_connections"))
    assert "xero-main" in found
    assert not any(secret in found for secret in _secrets(xero.credential))


def _secrets(credential: Any) -> list[str]:
    parts = credential.get("parts", credential)
    return [value for name, value in parts.items() if "secret" in name or "token" in name]


def test_a_key_that_may_not_post_is_refused_and_the_call_is_on_record(
    model: Models, server: Server, xero: Simulator, taken: Take
) -> None:
    wish = {"connection": "xero-main", "document": taken(number="F-1")}
    assert "forbidden" in model("approver").is_refused("post_document", **wish)
    assert ("tool_called", "post_document (dry run)") in audit(server)


def test_a_document_is_posted_once_after_a_dry_run(
    model: Models, server: Server, xero: Simulator, taken: Take
) -> None:
    invoice = approved(server, taken(number="ONCE-1"))
    wish = {"connection": "xero-main", "document": invoice}
    shown = model().asks("post_document", **wish)
    assert shown["shows"]["request"]["method"] in ("PUT", "POST")
    assert made(xero) == 0
    said = {**wish, "dry_run": False, "confirm": shown["confirm"]}
    assert model().asks("post_document", **said)["state"] == "confirmed"
    assert model().asks("post_document", **said)["replayed"]
    assert made(xero) == 1
    assert ("tool_called", "post_document") in audit(server)


def test_a_word_that_is_forged_missing_or_for_something_else_lets_nothing_through(
    model: Models, server: Server, xero: Simulator, taken: Take
) -> None:
    one, other = (approved(server, taken(number=f"W-{n}")) for n in (1, 2))
    before = made(xero)
    wish: dict[str, Any] = {"connection": "xero-main", "document": one}
    word = model().asks("post_document", **wish)["confirm"]
    for confirm in (None, "", "x", f"9999999999.{'0' * 40}", f"{word[:-1]}é", f"1{word}"):
        said = {**wish, "dry_run": False, "confirm": confirm}
        assert "nothing was done" in model().is_refused("post_document", **said)
    said = {**wish, "document": other, "dry_run": False, "confirm": word}
    assert "not the word for this" in model().is_refused("post_document", **said)
    assert made(xero) == before


def test_an_approval_is_shown_first_and_judged_by_the_server(model: Models, taken: Take) -> None:
    wish = {"document": taken(number="A-1"), "step": "owner", "verdict": "approve"}
    shown = model("approver").asks("approve_document", **wish)
    assert shown["shows"]["would_say"]["step"] == "owner"
    said = {**wish, "dry_run": False, "confirm": shown["confirm"]}
    refused = model("approver").is_refused("approve_document", **said)
    assert "nothing was done" not in refused
    assert "not_applied" in refused


def test_bank_details_are_proposed_and_never_put_in_force(
    model: Models, server: Server, taken: Take
) -> None:
    party = taken("party")
    account = {"id": {"scheme": "iban", "value": IBAN}}
    wish = {"party": party, "bank_accounts": [account], "reason": "letter of 2 March"}
    shown = model().asks("propose_bank_details", **wish)
    assert IBAN not in json.dumps(shown)
    said = {**wish, "dry_run": False, "confirm": shown["confirm"]}
    change = model().asks("propose_bank_details", **said)
    assert change["state"] == "proposed"
    alone = server.call("POST", f"/v1/party-changes/{change['id']}/approve",
                        json={"reason": "I say so"})  # fmt: skip
    assert alone.status_code in (403, 409)
    assert not any("approve" in each.name and "bank" in each.name for each in model().tools())


def approved(server: Server, invoice: str) -> str:
    path = f"/v1/documents/{invoice}/transitions"
    server.asked("POST", path, role="approver", json={"to": "approved", "reason": "fine"})
    return invoice


def made(xero: Simulator) -> int:
    return len(xero.objects("invoice"))


def audit(server: Server) -> set[tuple[str, str]]:
    rows = server.asked("GET", "/v1/audit?limit=1000")["data"]
    return {(row["action"], row["object"]) for row in rows}
