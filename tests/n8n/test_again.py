"""n8n's retry of a whole node, over answers that are lost and a server that dies: once is once."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.n8n.n8n_host import N8n
from tests.n8n.samples import invoice
from tests.n8n.standing import Server
from tests.n8n.workflows import by_id, chain, manual, ours

Json = dict[str, Any]
RETRY = {"retryOnFail": True, "maxTries": 5, "waitBetweenTries": 2000}


class LossyRoad:
    """Passes calls on to the server, and loses the answers to the first ones that carry work."""

    def __init__(self, target: int, losses: int) -> None:
        self.target, self.losses, self.seen = target, losses, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(caller,), daemon=True).start()

    def _pass_on(self, caller: socket.socket) -> None:
        told: list[bytes] = []
        with caller, socket.create_connection(("127.0.0.1", self.target)) as server:
            threading.Thread(target=_pump, args=(caller, server, told), daemon=True).start()
            while data := server.recv(65536):
                if self.seen < self.losses and b"/execute" in told[0]:
                    self.seen += 1
                    break  # the server has done it, and nobody hears of it
                caller.sendall(data)
            for each in (caller, server):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


def _pump(caller: socket.socket, server: socket.socket, told: list[bytes]) -> None:
    with suppress(OSError):
        while data := caller.recv(65536):
            told.append(data)
            server.sendall(data)


@contextmanager
def lossy(n8n: N8n, server: Server, losses: int) -> Iterator[tuple[LossyRoad, Json]]:
    """A credential that leads over such a road."""
    road = LossyRoad(server.port, losses)
    data = {"baseUrl": f"http://127.0.0.1:{road.port}", "apiKey": server.keys["n8n"]}
    yield road, {"counterfoilApi": n8n.credential("lossy", "counterfoilApi", data)}
    road.door.close()


def numbers_with(server: Server, mark: str) -> Counter[str]:
    """How often each number that begins so is stored."""
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        path = f"/v1/documents?kind=invoice&limit=1000{cursor}"
        page = server.asked("GET", path)
        found.update(row["number"] for row in page["data"] if row["number"].startswith(mark))
        if not page["has_more"]:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_a_lost_answer_and_a_retry_take_each_document_in_once(n8n: N8n, server: Server) -> None:
    items = [{"json": invoice(f"L-{n}")} for n in range(40)]
    with lossy(n8n, server, losses=2) as (road, credential):
        stated = {"inputSource": "document", "settings": RETRY, "options": {"batchSize": 15}}
        found = n8n.run(
            chain(manual(), ours("document", "ingest", credential, **stated), items=items)
        )
    assert road.seen == 2
    # What is told is what was done the first time, not that it was there already.
    assert [each["action"] for each in found.items("Ours")] == ["create"] * 40
    assert set(numbers_with(server, "L-").values()) == {1}


def test_a_step_that_was_taken_is_told_again_and_not_refused(n8n: N8n, server: Server) -> None:
    """The step is not possible twice: only a kept answer lets the retry go on."""
    made = server.asked(
        "POST", "/v1/documents?connector=canonical", "admin", json=invoice("STEP-1")
    )["documents"][0]["id"]
    with lossy(n8n, server, losses=1) as (road, credential):
        stated = {"documentId": by_id(made), "to": "archived", "settings": RETRY,
                  "options": {"reason": "not ours", "code": "superseded"}}  # fmt: skip
        node = ours("document", "changeState", credential, **stated)
        [moved] = n8n.run(chain(manual(), node, items=[{"json": {}}])).items("Ours")
    assert road.seen == 1
    assert moved["state"] == "archived"
    steps = server.asked("GET", f"/v1/documents/{made}/trace")["steps"]
    assert [each["to_state"] for each in steps].count("archived") == 1


def test_a_server_that_dies_half_way_loses_and_doubles_nothing(
    n8n: N8n, server: Server, credential: Json
) -> None:
    items = [{"json": invoice(f"K-{n}")} for n in range(120)]
    stated = {"inputSource": "document", "settings": RETRY, "options": {"batchSize": 120}}
    workflow = chain(manual(), ours("document", "ingest", credential, **stated), items=items)

    def power_cut() -> None:
        while sum(numbers_with(server, "K-").values()) < 20:
            time.sleep(0.2)
        server.kill()
        time.sleep(1)
        server.start()

    cut = threading.Thread(target=power_cut)
    cut.start()
    found = n8n.run(workflow, seconds=240)
    cut.join()
    assert found.status == "success", found.error.get("message")
    stored = numbers_with(server, "K-")
    assert len(stored) == 120
    assert set(stored.values()) == {1}
