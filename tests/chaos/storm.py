"""A whole installation in a storm: real processes that are killed, targets that fail at will."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from node_server.auth import principal
from node_server.config import Settings
from node_server.operations.access import make_key
from node_server.operations.connecting import connections
from node_server.operations.house import House, open_house
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.stepping import Wish, step
from node_server.simulators import Simulator
from node_server.store import counterfoils
from tests.node_server.posting.conftest import NEXT_DOOR, bill

TENANT = "acme"
# Three of ten calls go wrong; a third of those after the target has done what it was asked.
RATES = {
    "lost": 0.04, "cut": 0.03, "reset_after": 0.03, "timeout_after": 0.02, "500_after": 0.02,
    "reset": 0.04, "timeout": 0.02, "429": 0.03, "500": 0.02, "503": 0.02, "slow": 0.02,
    "refuse": 0.01,
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Zygote:
    """Forks servers and workers on demand."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")}
        environment |= {f"COUNTERFOIL_{name.upper()}": value for name, value in settings.items()}
        self._log = log.open("ab")
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.zygote"], cwd=root, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "ready", log.read_text()

    def start(self, name: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()
        self._log.close()


@dataclass
class Crew:
    """Processes of which one is killed every second, and started again at once."""

    zygote: Zygote
    names: Sequence[str]
    seed: int
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._pids = [self.zygote.start(name) for name in self.names]
        self._stop = threading.Event()
        self._killer = threading.Thread(target=self._kill, daemon=True)

    def rage(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._killer.start()

    def calm(self) -> None:
        self._stop.set()
        self._killer.join()

    def end(self) -> None:
        for pid in self._pids:
            _kill(pid)

    def _kill(self) -> None:
        chance = random.Random(self.seed)
        while not self._stop.wait(1.0) and time.monotonic() < self._end:
            which = chance.randrange(len(self.names))
            _kill(self._pids[which])
            self.killed[self.names[which]] += 1
            self._pids[which] = self.zygote.start(self.names[which])


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@contextmanager
def crew(settings: Mapping[str, str], names: Sequence[str], folder: Path) -> Iterator[Crew]:
    zygote = Zygote(settings, folder / "processes.log")
    made = Crew(zygote, names, seed=7)
    try:
        yield made
    finally:
        made.end()
        zygote.close()


@dataclass
class Books:
    """The store of the installation, looked into from outside."""

    house: House

    def connect(self, target: Simulator) -> None:
        body = {
            "id": target.name.partition("/")[2], "connector": target.name, "environment": "test",
            "settings": {**target.settings, **NEXT_DOOR, "quiet_seconds": 3},
            "credential": target.credential,
        }  # fmt: skip
        connections.connect(self.house, TENANT, "test", body)

    def approved(self, numbers: Sequence[str]) -> dict[str, str]:
        """An approved bill under each number; record id by number."""
        clerk = principal(TENANT, "clerk", "clerk", frozenset({"mapper"}))
        boss = principal(TENANT, "boss", "boss", frozenset({"approver"}))
        made = {}
        for which, number in enumerate(numbers, 1):
            payload = Payload(bill(number, which), None, None)
            (taken,) = ingest(self.house, clerk, payload, Intake("canonical"))["documents"]
            step(self.house, boss, taken["id"], Wish("approved"))
            made[number] = taken["id"]
        return made

    def rows(self) -> list[dict[str, Any]]:
        with self.house.store.reading() as connection:
            return counterfoils.page(connection, TENANT, {}, after=0, limit=1_000_000)

    def open(self) -> int:
        return sum(
            row["state"] in counterfoils.WORKABLE and row["due_at"] != counterfoils.NEVER
            for row in self.rows()
        )


@contextmanager
def books(settings: Settings) -> Iterator[Books]:
    house = open_house(settings)
    try:
        yield Books(house)
    finally:
        house.close()


@dataclass
class Client:
    """Posts like an impatient workflow: again and again until it is told that it is kept."""

    url: str
    key: str
    calls: int = 0
    seconds: float = 0.0

    def post(self, connection: str, record: str) -> None:
        while True:
            self.calls += 1
            with suppress(requests.RequestException):
                answer = requests.post(
                    f"{self.url}/v1/connections/{connection}/post",
                    json={"document": record}, headers={"X-Api-Key": self.key}, timeout=10,
                )  # fmt: skip
                kept = answer.status_code in (200, 202, 422)
                if kept or (answer.status_code == 409 and "counterfoil" in answer.json()):
                    return
                assert answer.status_code >= 500, answer.text
            time.sleep(0.05)

    def post_all(self, wanted: Sequence[tuple[str, str]]) -> None:
        with ThreadPoolExecutor(4) as pool:
            for each in [pool.submit(self.post, *pair) for pair in wanted]:
                each.result()


def new_client(house: House, port: int) -> Client:
    return Client(f"http://127.0.0.1:{port}", make_key(house, TENANT, "n8n", ["poster"])["key"])


def settled(found: Books, wanted: int, seconds: float) -> bool:
    """Wait until nothing is open any more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if len(found.rows()) == wanted and not found.open():
            return True
        time.sleep(0.2)
    return False
