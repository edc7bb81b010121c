"""A server with a connection to a simulated system, which it pulls from and hears from."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from node_server.app import create_app
from node_server.config import Settings
from node_server.simulators import Simulator, start
from tests.node_server.conftest import Served

SAMPLES = Path(__file__).resolve().parents[3] / "connectors"
SAMPLE = (SAMPLES / "erp/xero/samples/invoice/bill.in.json").read_bytes()
BILL: dict[str, Any] = json.loads(SAMPLE, parse_float=Decimal)["Invoices"][0]
BILL.pop("UpdatedDateUTC", None)  # the system states its own
Made = tuple[Served, Simulator]


@contextmanager
def listening(served: Served) -> Iterator[str]:
    """The server at a real address, for those who call it."""
    server = make_server("127.0.0.1", 0, served.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def joined(settings: Settings) -> Iterator[Callable[..., Made]]:
    """Make a server and a simulator, and a connection `there` between them."""
    with ExitStack() as stack:

        def made(connector: str = "erp/xero", **options: Any) -> Made:
            more = options.pop("settings", {})
            simulator = stack.enter_context(start(connector, seed=3, **options))
            changed = replace(settings, public_url=options.get("public_url", ""))
            app = create_app(changed)
            house = app.extensions["counterfoil"].house
            stack.callback(house.close)
            served = Served(house, app.test_client())
            body = {
                "id": "there", "connector": connector, "environment": "test",
                "settings": {**simulator.settings, **more}, "credential": simulator.credential,
            }  # fmt: skip
            answer = served.post("/v1/connections", json=body)
            assert answer.status_code == 201, answer.text
            return served, simulator

        yield made


def bill(number: int, **more: Any) -> dict[str, Any]:
    """A bill in the system's own words, like no other."""
    return {**BILL, "InvoiceID": f"00000000-0000-4000-8000-{number:012d}",
            "InvoiceNumber": f"B-{number}", **more}  # fmt: skip
