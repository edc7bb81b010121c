"""A server, a simulated target, and documents that may be posted to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connectors._transport import MemoryLimiter
from node_server.app import create_app
from node_server.config import Settings
from node_server.operations.calling.shared import shared
from node_server.operations.house import House
from node_server.operations.posting.leasing import take
from node_server.operations.posting.turns import turn
from node_server.simulators import Simulator, start
from node_server.store import clock, counterfoils
from tests.node_server.conftest import Served
from tests.node_server.test_documents_over_http import canonical
from tests.node_server.test_documents_over_http import take as take_in

TARGETS = Path(__file__).resolve().parents[2] / "chaos" / "targets"
NEXT_DOOR: dict[str, Any] = {"allow_http": True, "allow_private": ["127.0.0.0/8"]}


def bill(number: str, which: int, **more: Any) -> bytes:
    """An invoice that is like no other: other supplier, other amount."""
    net = 100 * which
    amounts = {
        "net": f"{net}.00",
        "tax": f"{net * 19 // 100}.00",
        "gross": f"{net * 119 // 100}.00",
    }
    said = {
        "seller": {"name": f"Supplier {which} GmbH"},
        "lines": [{"id": "1", "net": amounts["net"]}],
        "taxes": [{"category": "S", "rate": "19", "taxable": amounts["net"],
                   "amount": amounts["tax"]}],
        "totals": {"lines": amounts["net"], "payable": amounts["gross"], **amounts},
    }  # fmt: skip
    return canonical(number, **said | more)


LONG = 60.0
"""Seconds that no test waits for."""


@dataclass
class Time:
    """The time of the house, which may go on faster than that of the world."""

    ahead: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def pass_(self, house: House, seconds: float) -> None:
        self.ahead += seconds
        common = house.kept(shared)
        if isinstance(common.limiter, MemoryLimiter):
            ahead = int(self.ahead * 1_000_000)
            common.limiter._clock = lambda: time.monotonic_ns() // 1000 + ahead
        elif common.client is not None:
            for key in common.client.scan_iter("counterfoil:limit:held:*"):
                common.client.delete(key)


@dataclass
class Desk:
    """Where somebody posts documents to one simulated target."""

    served: Served
    target: Simulator
    # What is known of a target is shared through Redis: each desk is a connection of its own.
    connection: str = field(default_factory=lambda: f"there-{token_hex(4)}")
    numbers: int = 0
    time: Time = field(default_factory=lambda: Time())
    more: dict[str, Any] = field(default_factory=dict)

    def connect(self, **settings: Any) -> None:
        stated = {**self.target.settings, **NEXT_DOOR, "quiet_seconds": 1, **settings}
        body = {
            "id": self.connection, "connector": self.target.name, "environment": "test",
            "settings": stated, "credential": self.target.credential,
        }  # fmt: skip
        made = self.served.post("/v1/connections", json=body)
        assert made.status_code == 201, made.text

    def invoice(self, number: str = "", *, state: str = "approved", **more: Any) -> str:
        """An invoice of the tenant; its id."""
        self.numbers += 1
        taken = take_in(self.served, bill(number or f"INV-{self.numbers}", self.numbers, **more))
        return self.moved(taken["id"], state)

    def taken(self, data: bytes) -> str:
        found: str = take_in(self.served, data)["id"]
        return found

    def moved(self, record: str, state: str) -> str:
        if state != "validated":
            path = f"/v1/documents/{record}/transitions"
            moved = self.served.post(path, "approver", json={"to": state, "reason": "fine"})
            assert moved.status_code == 200, moved.text
        return record

    def post(
        self, document: str, path: str = "", role: str = "poster", **body: Any
    ) -> TestResponse:
        headers = body.pop("headers", None)
        return self.served.post(
            f"/v1/connections/{self.connection}/post{path}", role,
            json={"document": document, **body}, headers=headers,
        )  # fmt: skip

    def work(self, seconds: float = 20, *, steps: int = 0) -> int:
        """Work on what is due, until nothing is open; or for so many steps.

        Nobody waits for what is due later: its time comes at once.
        """
        end, done = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            rows = take(self.served.house, 1)
            for row in rows:
                turn(self.served.house, row)
                done += 1
            if steps and done >= steps:
                return done
            if not steps and not self.open():
                return done
            if not rows:
                self._wait()
        return done

    def _wait(self) -> None:
        due = [row["due_at"] for row in self.rows() if row["state"] in counterfoils.WORKABLE]
        wait = (clock.read(min(due)) - clock.now()).total_seconds() if due else 0.0
        if 0 < wait < LONG:
            self.time.pass_(self.served.house, wait)
        else:
            time.sleep(0.01)

    def open(self) -> int:
        rows = self.rows()
        return sum(
            row["state"] in counterfoils.WORKABLE and row["due_at"] != counterfoils.NEVER
            for row in rows
        )

    def rows(self) -> list[dict[str, Any]]:
        with self.served.house.store.reading() as connection:
            return counterfoils.page(connection, "acme", {}, after=0, limit=1000)

    @property
    def row(self) -> dict[str, Any]:
        """The one counterfoil there is."""
        (row,) = self.rows()
        return row

    def document(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = self.served.get(f"/v1/documents/{record}").get_json()
        return found

    def events(self) -> list[str]:
        data = self.served.get("/v1/events?limit=1000").get_json()["data"]
        return [event["type"].split(".")[2] for event in data]

    def key(self, answer: TestResponse) -> str:
        found: str = answer.get_json()["key"]
        return found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, overlays=(str(TARGETS),), lease_seconds=2)


Open = Callable[..., Desk]


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a desk at a target: `desk("sim/replay")`."""
    going = Time()
    monkeypatch.setattr(clock, "now", going.now)
    with ExitStack() as stack:
        app = create_app(settings)
        house = app.extensions["counterfoil"].house
        stack.callback(house.close)

        def opened(connector: str, *, connect: bool = True, **options: Any) -> Desk:
            simulating: AbstractContextManager[Simulator] = start(
                connector, seed=1, overlay=str(TARGETS), **options
            )
            made = Desk(
                Served(house, app.test_client()), stack.enter_context(simulating), time=going
            )
            if connect:
                made.connect()
            return made

        yield opened
