"""The control plane, and the command that serves simulators, even when it is killed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from connectors._transport import Answer, Request, Session, make_auth, open_session, send
from node_server.simulators import Simulator, load, start, unverified, what_there_is
from node_server.simulators.connecting import settings_of
from tests.node_server.simulators.walker import POLICY, walking


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with start("erp/quickbooks", seed=4) as found:
        yield found


@pytest.fixture
def session(simulator: Simulator) -> Iterator[Session]:
    simulator.reset()
    with open_session(POLICY) as found:
        yield found


Control = Callable[..., Answer]


@pytest.fixture
def control(simulator: Simulator, session: Session) -> Control:
    def ask(method: str, path: str, body: Any = None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        return send(session, Request(method, f"{simulator.url}/_simulator/{path}", {}, content))

    return ask


def test_the_overview_says_how_to_connect_and_what_is_not_sure(
    simulator: Simulator, control: Control
) -> None:
    found = control("GET", "").json()
    assert found["connection"] == simulator.settings
    assert found["objects"]["bill"] == 0
    places = {fact["place"] for fact in found["unverified"]}
    assert "resources.bill.attach" in places
    assert "resources.bill.create" in places


def test_records_are_put_in_changed_and_counted(control: Control) -> None:
    put = control("POST", "objects/bill", [{"DocNumber": "1"}, {"DocNumber": "1"}])
    first, second = put.json()["ids"]
    assert control("PATCH", f"objects/bill/{second}", {"DocNumber": "2"}).status == 204
    assert control("GET", "objects/bill?by=DocNumber").json()["counts"] == {"1": 1, "2": 1}
    rows = control("GET", "objects/bill").json()["objects"]
    assert [row["id"] for row in rows] == [first, second]
    assert control("POST", "reset").status == 204
    assert control("GET", "objects/bill").json()["count"] == 0


def test_creations_are_counted_by_their_key(simulator: Simulator, control: Control) -> None:
    with walking(simulator) as walker:
        for key in ("a", "b", "a"):
            walker.create("bill", f"B{key}", key)
    assert control("GET", "objects/bill?by=key").json()["counts"] == {"a": 1, "b": 1}
    told = control("GET", "calls").json()
    assert told["counts"]["create"] == 3
    assert [call["status"] for call in told["calls"]] == [201, 201, 201]


def test_faults_and_time_are_set_from_outside(simulator: Simulator, control: Control) -> None:
    asked = {"rates": {"lost": 0.25}, "seed": 3, "next": ["500@create"]}
    assert control("POST", "faults", asked).json()["rates"] == {"lost": "0.25"}
    with walking(simulator) as walker:
        assert walker.create("bill", "B1", "k1").status == 500
    assert control("DELETE", "faults").status == 204
    assert control("GET", "faults").json()["next"] == []
    assert control("POST", "clock", {"shift": 90}).json()["clock_shift"] == 90


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"next": ["nothing"]}),
        ("faults", {"next": [{"name": "lost", "what": 1}]}),
        ("faults", {"rates": {"lost": 3}}),
        ("faults", {"rats": {}}),
        ("objects/nobody", {}),
        ("objects/bill", [1]),
        ("clock", {}),
        ("webhooks", {}),
    ],
)
def test_what_the_control_plane_cannot_do_it_says(control: Control, path: str, body: Any) -> None:
    answer = control("POST", path, body)
    assert answer.status == 422
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("host", "networks"),
    [("localhost", 4), ("127.0.0.1", 1), ("10.1.2.3", 1), ("simulators", 4)],
)
def test_settings_allow_the_network_in_which_it_stands(
    simulator: Simulator, host: str, networks: int
) -> None:
    settings = settings_of(simulator.system, f"http://{host}:9900/erp/quickbooks")
    assert settings["hosts"] == [host]
    assert len(settings["allow_private"]) == networks
    assert all(ip_network(each) for each in settings["allow_private"])


def test_a_system_without_webhooks_registers_nobody() -> None:
    with start("erp/netsuite") as netsuite, pytest.raises(ValueError, match="no webhooks"):
        netsuite.system.webhooks.register("http://127.0.0.1:1/")


def test_an_unknown_path_names_those_there_are(simulator: Simulator, control: Control) -> None:
    assert "GET /_simulator/calls" in control("GET", "nothing").json()["there_are"]
    with open_session(POLICY) as session:
        root = simulator.url.removesuffix("/erp/quickbooks")
        found = send(session, Request("GET", f"{root}/_simulator/")).json()
        assert found["simulators"] == {"erp/quickbooks": f"{simulator.url}/_simulator/"}
        assert send(session, Request("GET", f"{root}/erp/xero/x")).status == 404


def test_what_is_marked_in_a_manifest_is_told() -> None:
    facts = unverified(load("erp/netsuite"))
    assert {"resources.vendor_bill.create", "resources.vendor.list"} <= {f["place"] for f in facts}
    assert all(fact["what"] for fact in facts)


def test_a_body_without_a_length_is_refused(simulator: Simulator) -> None:
    port = int(simulator.url.split(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(b"POST /erp/quickbooks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 411 ")


def test_the_command_lists_what_there_is(cli: Callable[..., Result]) -> None:
    done = cli("simulate", "--list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(what_there_is())
    assert any(line.startswith("erp/xero ") and "creates invoice" in line for line in lines)
    named = cli("simulate", "--list", "erp/netsuite").stdout
    assert "resources.vendor_bill.list: marked in the manifest as not checked" in named


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name a system"),
        (["erp/nobody"], "no connector"),
        (["--list", "erp/nobody"], "no simulator of erp/nobody"),
        (["bank/camt"], "format without an API"),
        (["erp/xero", "--faults", "lost=2"], "between 0 and 1"),
        (["erp/xero", "--port", "0", "--auth", "basic"], "no way 'basic' into erp/xero"),
    ],
)
def test_a_wrong_call_is_told(cli: Callable[..., Result], arguments: list[str], says: str) -> None:
    done = cli("simulate", *arguments)
    assert done.exit_code == 2
    assert says in done.stderr


@contextmanager
def command(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`counterfoil simulate` as a process of its own, and what it printed."""
    program = Path(sys.executable).with_name("counterfoil")
    full = [str(program), "simulate", "--port", "0", "--json", *arguments]
    with subprocess.Popen(full, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.slow
def test_a_killed_simulator_has_lost_nothing(tmp_path: Path, session: Session) -> None:
    kept = ("erp/odoo", "--data", str(tmp_path / "state.sqlite"), "--no-limits")

    def create(told: dict[str, Any], number: int) -> int:
        url = f"{told['settings']['base_url']}/json/2/res.partner/create"
        auth = make_auth({"kind": "bearer", "prefix": "bearer "}, told["credential"]["parts"])
        body = json.dumps({"vals_list": [{"ref": str(number)}]}).encode()
        headers = {"X-Odoo-Database": "werkhof"}
        answer = send(session, auth(Request("POST", url, headers, body)))
        found: int = answer.json()[0]
        return found

    with command(*kept) as (process, told):
        ids = [create(told, number) for number in range(5)]
        process.send_signal(signal.SIGKILL)
        process.wait()
    with command(*kept) as (_, told):
        ids.append(create(told, 5))
        found = send(session, Request("GET", f"{told['control']}objects/partner?by=ref")).json()
    assert ids == [8, 9, 10, 11, 12, 13]
    assert found["counts"] == {str(number): 1 for number in range(6)}
