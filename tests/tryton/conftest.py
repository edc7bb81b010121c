"""A real Tryton for all tests here, and offices of ours that post to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from node_server.app import create_app
from node_server.config import Settings
from node_server.operations.working import Worker
from node_server.store import counterfoils
from tests.node_server.conftest import Served
from tests.node_server.test_documents_over_http import canonical
from tests.node_server.test_documents_over_http import take as take_in

from .erp import VENV, Erp, Road, road_to, running

OPEN = frozenset({"pending", "sent", "uncertain", "held"})

HANSEN = {"name": "Hansen Kontor GmbH", "ids": [{"kind": "vat", "value": "DE136695976"}]}


@pytest.fixture(scope="session")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erp]:
    """One Tryton; the tests keep apart by the numbers of their invoices."""
    if not (VENV / "bin/trytond").exists():
        pytest.skip("there is no Tryton; run: make test-tryton")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(tmp_path_factory.mktemp("tryton") / "erp", port) as found:
        yield found


def invoice(number: str, which: int, **more: Any) -> bytes:
    """An invoice like no other, to be written as two lines with tax on them."""
    net = Decimal(100 * which + 10)
    taxed = {"category": "S", "rate": "20"}
    amounts = {"net": f"{net:.2f}", "tax": f"{net / 5:.2f}", "gross": f"{net * 6 / 5:.2f}"}
    lines = [
        {
            "id": str(place), "net": f"{part:.2f}", "quantity": "2", "account": "4930",
            "price": {"net": f"{part / 2:.2f}"}, "item": {"name": name}, "taxes": [taxed],
        }
        for place, (part, name) in enumerate([(net - 10, "Desk"), (Decimal(10), "Delivery")], 1)
    ]  # fmt: skip
    said = {
        "issue_date": time.strftime("%Y-01-15"), "due_date": time.strftime("%Y-02-14"),
        "seller": HANSEN, "lines": lines,
        "taxes": [{**taxed, "taxable": amounts["net"], "amount": amounts["tax"]}],
        "totals": {"lines": amounts["net"], "payable": amounts["gross"], **amounts},
    }  # fmt: skip
    return canonical(number, **said | more)


@dataclass
class Office:
    """A server of ours with a store of its own, connected to the Tryton over a road."""

    served: Served
    erp: Erp
    road: Road
    url: str
    connection: str = "ledger"

    def connect(self, **settings: Any) -> None:
        body = {
            "id": self.connection, "connector": "erp/tryton", "environment": "test",
            "settings": {
                "base_url": self.url, "allow_http": True, "allow_private": ["127.0.0.0/8"],
                "variables": {"host": "127.0.0.1", "database": "erp", "context": self.erp.context},
                "quiet_seconds": 1, **settings,
            },
            "credential": {"kind": "bearer", "parts": {"token": self.erp.told["key"]}},
        }  # fmt: skip
        self.asked("POST", "/v1/connections", 201, json=body)

    def asked(
        self, method: str, path: str, status: int = 200, role: str = "admin", **sent: Any
    ) -> Any:
        answer = self.served.call(method, path, role, **sent)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def learn(self) -> dict[str, Any]:
        """What a user does once: read Tryton's lists, agree with proposals, add what has none."""
        path = f"/v1/connections/{self.connection}"
        counts: dict[str, Any] = self.asked("POST", f"{path}/masters")
        self.asked("POST", f"{path}/suggestions")
        for row in self.asked("GET", f"{path}/crosswalks/supplier?state=proposed")["data"]:
            self.asked("POST", f"{path}/crosswalks/supplier/confirm", json={"value": row["value"]})
        (tax,) = self.erp.find("account.tax", [], "name")
        wanted = [["code", "=", self.erp.told["expense"]]]
        (account,) = self.erp.find("account.account", wanted, "code")
        for kind, value, target in (("tax_code", "S 20", tax), ("account", "4930", account)):
            rows = [{"value": value, "target": str(target["id"])}]
            self.asked("PUT", f"{path}/crosswalks/{kind}", json={"rows": rows})
        return counts

    def taken(self, number: str, which: int, **more: Any) -> str:
        """An invoice that is approved; its id."""
        record: str = take_in(self.served, invoice(number, which, **more))["id"]
        return self.approved(record)

    def approved(self, record: str) -> str:
        path = f"/v1/documents/{record}/transitions"
        self.asked("POST", path, role="approver", json={"to": "approved", "reason": "fine"})
        return record

    def post(self, record: str, **body: Any) -> dict[str, Any]:
        """Post it and wait for what comes of it."""
        path = f"/v1/connections/{self.connection}/post"
        answer = self.served.post(
            path, "poster", json={"document": record, **body}, headers={"Prefer": "wait=30"}
        )
        found: dict[str, Any] = answer.get_json()
        if found.get("state") in OPEN and self.settled(60):
            found = self.asked("GET", f"/v1/counterfoils/{found['key']}")
        return found

    def pull(self, resource: str, **body: Any) -> dict[str, Any]:
        path = f"/v1/connections/{self.connection}/pull"
        found: dict[str, Any] = self.asked("POST", path, json={"resource": resource, **body})
        return found

    def pulled(self, record: str) -> str:
        """What a pull makes of an invoice of ours."""
        told = self.pull("invoice")  # after the first time, of what has changed
        found: str = next(each["action"] for each in told["documents"] if each["id"] == record)
        return found

    def document(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = self.asked("GET", f"/v1/documents/{record}")
        return found

    def rows(self) -> list[dict[str, Any]]:
        with self.served.house.store.reading() as connection:
            return counterfoils.page(connection, "acme", {}, after=0, limit=1000)

    def settled(self, seconds: float) -> bool:
        """Wait until nothing is open."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not any(row["state"] in OPEN for row in self.rows()):
                return True
            time.sleep(0.2)
        return False


Open = Callable[..., Office]


@pytest.fixture
def office(erp: Erp, tmp_path: Path) -> Iterator[Open]:
    """Opens an office with a new store, at work and connected."""
    with ExitStack() as stack:

        def opened(name: str = "data", **settings: Any) -> Office:
            road, url = stack.enter_context(road_to(erp.port))
            stated = Settings(
                data=str(tmp_path / name), log_level="error", rate_limit="100000/minute",
                allow_http_targets=True, allow_private_targets=("127.0.0.0/8",),
                overlays=(overlay(erp, tmp_path),), lease_seconds=5,
            )  # fmt: skip
            app = create_app(stated)
            house = app.extensions["counterfoil"].house
            stack.callback(house.close)
            worker = Worker(house)
            worker.start()
            stack.callback(worker.stop)
            made = Office(Served(house, app.test_client()), erp, road, url)
            made.connect(**settings)
            return made

        yield opened


def overlay(erp: Erp, folder: Path) -> str:
    """What an operator says once of a database: ids of the currency, the journal, what is owed."""
    (config,) = erp.find("account.configuration", [], "default_account_payable.id")
    (journal,) = erp.find("account.journal", [["type", "=", "expense"]], "name")
    tables = {
        "currency": {"EUR": erp.told["currency"]},
        "account": {"payable": config["default_account_payable"]["id"]},
        "journal": {"payable": journal["id"]},
    }
    maps = folder / "overlay/erp/tryton/maps"
    maps.mkdir(parents=True, exist_ok=True)
    (maps / "invoice.write.yaml").write_text(yaml.safe_dump({"tables": tables}))
    return str(folder / "overlay")
