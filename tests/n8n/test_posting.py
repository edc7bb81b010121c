"""Posting and pulling from n8n, with a Xero on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from node_server.simulators import Simulator
from tests.n8n.n8n_host import N8n
from tests.n8n.samples import bill
from tests.n8n.standing import Server
from tests.n8n.workflows import by_id, chain, manual, ours

Json = dict[str, Any]
XERO = {"connectionId": by_id("xero-main")}


@pytest.fixture(scope="module")
def approved(server: Server) -> list[str]:
    """Documents that somebody else has approved."""
    ids = []
    for n in range(3):
        made = server.asked(
            "POST",
            "/v1/documents?connector=canonical",
            "n8n",
            json=bill(f"P-{n}", f"Nothing Ordered {n} KG"),
        )["documents"][0]["id"]
        step = {"to": "approved", "reason": "checked"}
        server.asked("POST", f"/v1/documents/{made}/transitions", "approver", json=step)
        ids.append(made)
    return ids


def posted(n8n: N8n, credential: Json, ids: list[str], **stated: Any) -> list[Json]:
    node = ours("connection", "post", credential, **XERO, **stated)
    items = [{"json": {"id": each}} for each in ids]
    return n8n.run(chain(manual(), node, items=items)).items("Ours")


def test_a_dry_run_shows_the_exact_request(
    n8n: N8n, credential: Json, xero: Simulator, approved: list[str]
) -> None:
    before = len(xero.calls)
    found = posted(n8n, credential, approved[:1], options={"dryRun": True})
    assert "P-0" in str(found[0]["request"])
    assert not [each for each in xero.calls[before:] if "P-0" in str(each)]


def test_many_are_posted_and_waited_for_together(
    n8n: N8n, credential: Json, xero: Simulator, approved: list[str]
) -> None:
    found = posted(n8n, credential, approved, options={"wait": 30})
    assert [each["state"] for each in found] == ["confirmed"] * 3
    again = posted(n8n, credential, approved, options={"wait": 30})
    assert [each["target"] for each in again] == [each["target"] for each in found]
    numbers = [row.get("InvoiceNumber") for row in xero.objects("invoice")]
    assert sorted(each for each in numbers if str(each).startswith("P-")) == ["P-0", "P-1", "P-2"]


def test_a_connection_is_checked(n8n: N8n, credential: Json, xero: Simulator) -> None:
    node = ours("connection", "check", credential, **XERO)
    [told] = n8n.run(chain(manual(), node, items=[{"json": {}}])).items("Ours")
    assert told["ok"], told


def test_connections_are_listed(n8n: N8n, credential: Json, xero: Simulator) -> None:
    node = ours("connection", "getAll", credential)
    found = n8n.run(chain(manual(), node, items=[{"json": {}}])).items("Ours")
    assert "xero-main" in {each["id"] for each in found}


def test_what_has_changed_is_pulled_once(n8n: N8n, credential: Json, xero: Simulator) -> None:
    xero.put("contact", {"Name": "Nadel & Faden", "IsSupplier": True})
    node = ours("contact", "pull", credential, of="counterfoilXero", **XERO)
    workflow = chain(manual(), node, items=[{"json": {}}])
    first = n8n.run(workflow)
    assert first.status == "success", first.error
    assert "create" in {each["action"] for each in first.items("Ours")}


def test_what_was_sent_is_listed_and_shown(
    n8n: N8n, credential: Json, xero: Simulator, approved: list[str]
) -> None:
    many = ours("counterfoil", "getAll", credential, filters={"connection": "xero-main"})
    one = ours("counterfoil", "get", credential, key="={{ $json.key }}", name="Each")
    found = n8n.run(chain(manual(), many, one, items=[{"json": {}}])).items("Each")
    assert {each["document"] for each in found} >= set(approved)
    assert all("exchanges" in each for each in found)


def test_a_node_of_a_system_needs_no_connector(n8n: N8n, credential: Json) -> None:
    bill = {"Type": "ACCPAY", "InvoiceID": "1", "InvoiceNumber": "OWN-1"}
    node = ours("invoice", "map", credential, of="counterfoilXero")
    [record] = n8n.run(chain(manual(), node, items=[{"json": bill}])).items("Ours")
    assert record["connector"] == "erp/xero"
    assert record["document"]["number"] == "OWN-1"
