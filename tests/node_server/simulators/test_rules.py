"""The rules of the targets: windows, unique fields, versions, actions, files, limits."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectors._transport import Request, throttled
from node_server.simulators import Simulator, load, start
from node_server.simulators.rows import counted
from tests.node_server.simulators.walker import Walker, walking


@pytest.fixture
def walker(request: pytest.FixtureRequest) -> Iterator[Walker]:
    with start(request.param, seed=3) as simulator, walking(simulator) as found:
        yield found


def on(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walker", [name], indirect=True)


def put(walker: Walker, path: str, body: Any, method: str = "POST", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = walker.request({"path": path, "headers": headers}, {}, method=method)
    sent = Request(method, request.url, {**request.headers, **headers}, content)
    return walker.send(sent)


@on("erp/xero")
def test_past_its_window_a_key_makes_a_second_record(walker: Walker) -> None:
    def create() -> str:
        return walker.id_of("credit_note", walker.create("credit_note", "CN1", "k1"))

    first = create()
    walker.simulator.shift(350)
    assert create() == first
    walker.simulator.shift(20)
    assert create() != first
    assert len(walker.simulator.objects("credit_note")) == 2


@on("erp/xero")
def test_a_refusal_that_is_kept_with_the_key_comes_again(walker: Walker) -> None:
    walker.simulator.fail(next=["refuse"])
    assert walker.create("credit_note", "CN1", "k1").status == 400
    assert walker.create("credit_note", "CN1", "k1").status == 400
    assert walker.create("credit_note", "CN1", "k2").ok


@on("erp/quickbooks")
def test_a_refusal_that_is_not_kept_leaves_the_key_free(walker: Walker) -> None:
    walker.simulator.fail(next=["refuse"])
    assert walker.create("bill", "B1", "k1").status == 400
    assert walker.create("bill", "B1", "k1").ok


@on("erp/quickbooks")
def test_a_key_with_another_payload_is_refused(walker: Walker) -> None:
    assert walker.create("bill", "B1", "k1").ok
    answer = walker.create("bill", "B2", "k1")
    assert answer.status == 400
    assert "another payload" in answer.json()["Fault"]["Error"][0]["Detail"]
    assert len(walker.simulator.objects("bill")) == 1


@on("erp/quickbooks")
def test_many_at_once_with_one_key_make_one_record(walker: Walker) -> None:
    request = walker.creation("bill", "B1", "k1")
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(walker.send, [request] * 24))
    assert {answer.body for answer in answers} == {answers[0].body}
    assert len(walker.simulator.objects("bill")) == 1


@on("erp/odoo")
def test_many_at_once_are_all_there_under_ids_of_their_own(walker: Walker) -> None:
    requests = [walker.creation("partner", f"P{number}") for number in range(120)]
    with ThreadPoolExecutor(12) as threads:
        ids = {answer.text for answer in threads.map(walker.send, requests)}
    assert len(ids) == len(walker.simulator.objects("partner")) == 120


@on("erp/xero")
def test_unique_fields_hold_where_their_condition_does(walker: Walker) -> None:
    def invoice(kind: str, key: str) -> int:
        body = {"Invoices": [{"Type": kind, "InvoiceNumber": "7"}]}
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        status: int = put(walker, "/Invoices", body, "PUT", **headers).status
        return status

    assert [invoice("ACCREC", "a"), invoice("ACCREC", "b")] == [200, 400]
    assert [invoice("ACCPAY", "c"), invoice("ACCPAY", "d")] == [200, 200]


@on("erp/xero")
def test_several_records_come_in_one_call(walker: Walker) -> None:
    body = {"Contacts": [{"Name": "A"}, {"Name": "B"}]}
    answer = put(walker, "/Contacts", body, "PUT", **{"Content-Type": "application/json"})
    assert len({row["ContactID"] for row in answer.json()["Contacts"]}) == 2
    assert len(walker.simulator.objects("contact")) == 2


@on("erp/quickbooks")
def test_a_change_needs_the_version_that_is_held(walker: Walker) -> None:
    made = walker.create("vendor", "V1", "k1").json()["Vendor"]
    assert made["SyncToken"] == "0"
    change = {"Id": made["Id"], "SyncToken": "0", "Active": False}
    changed = put(walker, "/vendor", change).json()["Vendor"]
    assert (changed["SyncToken"], changed["Active"], changed["DisplayName"]) == ("1", False, "V1")
    stale = put(walker, "/vendor", change)
    assert stale.status == 409
    assert "its version is 1" in stale.text


@on("erp/business_central")
def test_an_action_is_done_once(walker: Walker) -> None:
    row_id = walker.id_of("purchase_invoice", walker.create("purchase_invoice", "B1"))
    path = f"/purchaseInvoices({row_id})/Microsoft.NAV.post"
    assert [put(walker, path, {}).status for _ in range(2)] == [204, 400]
    assert put(walker, "/purchaseInvoices(nobody)/Microsoft.NAV.post", {}).status == 404
    assert walker.simulator.objects("purchase_invoice")[0]["number"] == "108201"


@on("erp/odoo")
def test_an_action_finds_its_record_in_the_body(walker: Walker) -> None:
    row_id = walker.id_of("invoice", walker.create("invoice", "B1"))
    path = "/json/2/account.move/action_post"
    assert put(walker, path, {"ids": [int(row_id)]}).status == 204
    assert put(walker, path, {"ids": [999]}).status == 404


def files_of(walker: Walker, resource: str) -> list[dict[str, Any]]:
    system = walker.simulator.system
    return system.rows.all(system.target.shelf(resource))[0].files


@on("erp/xero")
def test_a_file_is_held_on_its_record(walker: Walker) -> None:
    row_id = walker.id_of("invoice", walker.create("invoice", "B1", "k1"))
    data = b"%PDF-1.7 simulated"
    answer = put(walker, f"/Invoices/{row_id}/Attachments/a%20b.pdf", data, "PUT")
    digest = hashlib.sha256(data).hexdigest()
    (held,) = files_of(walker, "invoice")
    assert (held["name"], held["sha256"], held["bytes"]) == ("a b.pdf", digest, len(data))
    assert answer.json()["Attachments"][0]["AttachmentID"] == held["id"]
    assert put(walker, "/Invoices/nobody/Attachments/a.pdf", data, "PUT").status == 404
    assert put(walker, f"/Invoices/{row_id}/Attachments/a.pdf", b"", "PUT").status == 400


@on("erp/quickbooks")
def test_a_file_in_a_form_names_its_record_in_another_part(walker: Walker) -> None:
    walker.create("bill", "B1", "k1")
    row_id = walker.id_of("vendor_credit", walker.create("vendor_credit", "B0", "k0"))
    told = {
        "AttachableRef": [{"EntityRef": {"type": "VendorCredit", "value": row_id}}],
        "FileName": "a.pdf",
    }
    parts = [
        b'name="file_metadata_0"\r\nContent-Type: application/json\r\n\r\n'
        + json.dumps(told).encode(),
        b'name="file_content_0"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF',
    ]
    body = b"".join(b"--x\r\nContent-Disposition: form-data; " + p + b"\r\n" for p in parts)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = put(walker, "/upload", body + b"--x--\r\n", **headers)
    assert answer.ok, answer.text
    assert [file["name"] for file in files_of(walker, "vendor_credit")] == ["a.pdf"]
    assert files_of(walker, "bill") == []


def test_limits_of_the_manifest_are_kept_when_asked_for() -> None:
    with start("erp/xero", limits=True) as simulator, walking(simulator) as walker:
        answers = [walker.create("contact", f"C{n}", f"k{n}") for n in range(61)]
        assert [answer.status for answer in answers] == [200] * 60 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        simulator.shift(61)
        assert walker.create("contact", "C61", "k61").ok


def test_a_vendor_without_429_says_it_in_its_own_way() -> None:
    with start("ap/billcom") as simulator, walking(simulator) as walker:
        simulator.fail(next=["429"])
        answer = walker.create("bill", "B1")
        assert answer.status == 400
        assert throttled(answer, walker.manifest["api"]["throttled"], now=0) == 60


def test_what_was_done_outlives_the_process(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with start("erp/xero", seed=3, data=file) as simulator, walking(simulator) as walker:
        first = walker.create("contact", "C1", "k1")
        credential = simulator.credential
        simulator.shift(100)
    with start("erp/xero", seed=3, data=file) as simulator, walking(simulator) as walker:
        assert 99 < simulator.system.clock.shift < 101
        walker.parts = credential["parts"]
        assert walker.create("contact", "C1", "k1").body == first.body
        assert walker.create("contact", "C1", "k2").status == 400
        assert len(simulator.objects("contact")) == 1
        simulator.reset()
    with start("erp/xero", seed=3, data=file) as simulator:
        assert simulator.objects("contact") == []


@on("erp/quickbooks")
def test_ids_with_odd_signs_are_fetched_whole(walker: Walker) -> None:
    odd = "a/b c%'é"
    walker.simulator.put("vendor", {"Id": odd})
    spec = walker.manifest["resources"]["vendor"]["get"]
    assert walker.send(walker.request(spec, {"id": odd})).json()["Vendor"]["Id"] == odd


@on("erp/quickbooks")
def test_amounts_come_back_as_they_were_sent(walker: Walker) -> None:
    amounts = (
        b'{"DocNumber": "1", "A": 10.10, "B": 1e400, "C": 0.000000000000000000001, "D": "1.0"}'
    )
    answer = put(walker, "/bill", amounts)
    assert b'"A":10.10,"B":1E+400,"C":1E-21,"D":"1.0"' in answer.body


@on("erp/quickbooks")
@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"[1]", b'"x"', b"\xff"])
def test_a_body_that_is_no_record_is_refused(walker: Walker, body: bytes) -> None:
    answer = put(walker, "/bill", body)
    assert answer.status == 400
    assert answer.json()["Fault"]["Error"][0]["Detail"]


@on("erp/quickbooks")
@pytest.mark.parametrize("query", ["select * from Bill where", "select * from Bill where a ~ 'b'"])
def test_a_query_that_is_not_understood_is_refused(walker: Walker, query: str) -> None:
    spec = {"path": "/query", "params": {"query": query}}
    answer = walker.send(walker.request(spec, {}))
    assert answer.status == (400 if "~" in query else 200)


@pytest.mark.parametrize(
    ("example", "second"),
    [(7, 9), ("145", "147"), ("PM000009", "PM000011"), ("ACC-2026-00001", "ACC-2026-00003")],
)
def test_ids_count_up_from_their_example(example: str | int, second: str | int) -> None:
    assert counted(example, 2) == second


def test_a_connection_says_its_variables() -> None:
    variables = {"realm": "99"}
    with start("erp/quickbooks", variables=variables) as simulator, walking(simulator) as walker:
        assert simulator.settings["base_url"].endswith("/v3/company/99")
        assert walker.create("bill", "B1", "k1").ok
        walker.settings["base_url"] = walker.settings["base_url"].replace("/99", "/98")
        assert walker.create("bill", "B2", "k2").status == 404


def test_a_master_is_found_by_the_id_that_others_name_it_by() -> None:
    with start("erp/xero") as simulator, walking(simulator) as walker:
        simulator.put("account", {"Code": "400", "Name": "Sales"})
        spec = walker.manifest["resources"]["account"]["get"]
        found = walker.send(walker.request(spec, {"id": "400"})).json()
        assert found["Accounts"][0]["Name"] == "Sales"


def test_what_has_no_api_is_not_simulated() -> None:
    with pytest.raises(ValueError, match="format without an API"):
        load("bank/camt")
    with pytest.raises(ValueError, match="no connector"):
        load("erp/nobody")
    with start("erp/xero") as simulator, pytest.raises(KeyError, match="no resource"):
        simulator.objects("bil")


def test_a_secret_in_the_body_of_a_call_is_compared() -> None:
    simulator: Simulator
    with start("bank/plaid") as simulator:
        assert {"client_id", "secret"} <= simulator.credential["parts"].keys()


def test_basic_means_base64_of_user_and_password() -> None:
    with start("tax/avalara") as simulator, walking(simulator) as walker:
        parts = simulator.credential["parts"]
        words = base64.b64encode(f"{parts['username']}:{parts['password']}".encode()).decode()
        url = f"{simulator.settings['base_url']}/companies"
        assert walker.send(Request("GET", url, {"Authorization": f"Basic {words}"})).ok
