"""Real servers: two of them on one store, killed at any moment, stopped while they work."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from .conftest import INVOICE
from .receiver import receiving
from .test_documents_over_http import canonical

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("COUNTERFOIL_TEST_KILLS", "4"))
COMMAND = Path(sys.executable).with_name("counterfoil")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Process:
    """`counterfoil serve`, as a person starts it."""

    def __init__(self, folder: Path, port: int, **variables: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / f"server-{port}.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")}
        environment |= {f"COUNTERFOIL_{name.upper()}": value for name, value in variables.items()}
        environment |= {"COUNTERFOIL_RATE_LIMIT": "", "COUNTERFOIL_LOG_LEVEL": "warning"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(port), "--data", str(folder / "data")],
                stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    @property
    def key(self) -> str:
        found = re.search(r"cf_[\w-]+", self.log.read_text())
        assert found, self.log.read_text()
        return found[0]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def serving(folder: Path, port: int = 0, **variables: str) -> Iterator[Process]:
    made = Process(folder, port or free_port(), **variables)
    try:
        made.wait()
        yield made
    finally:
        if made.process.poll() is None:
            made.kill()


def test_the_first_start_shows_an_admin_key_once(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as first:
        headers = {"X-Api-Key": first.key}
        answer = requests.post(f"{first.url}/v1/map", data=INVOICE, headers=headers, timeout=30)
        assert answer.json()["connector"] == "ap/ubl"
        assert first.stop() == 0
    first.log.write_text("")
    with serving(tmp_path, port) as second:
        assert "cf_" not in second.log.read_text()
        listed = requests.get(f"{second.url}/v1/keys", headers=headers, timeout=30)
        assert len(listed.json()["data"]) == 1


def test_two_processes_on_one_store_take_each_document_in_once(
    tmp_path: Path, postgres: Callable[[], str], redis_server: str
) -> None:
    shared = {"database_url": postgres(), "redis_url": redis_server, "master_key": "m"}
    documents = [canonical(f"CONC-{n}", totals={"gross": f"{n + 1}.00"}) for n in range(20)]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with serving(tmp_path / "a", **shared) as one, serving(tmp_path / "b", **shared) as two:
        headers = {"X-Api-Key": one.key}
        calls = [(documents[n % 20], (one, two)[n % 2]) for n in range(200)]
        random.shuffle(calls)

        def call(each: tuple[bytes, Process]) -> tuple[int, dict[str, Any]]:
            path = f"{each[1].url}/v1/documents?connector=canonical"
            answer = requests.post(path, data=each[0], headers=headers, timeout=60)
            return answer.status_code, answer.json()["documents"][0]

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(call, calls))
        statuses = Counter(status for status, _ in answers)
        assert statuses == {201: 20, 200: 180}
        assert len({found["id"] for _, found in answers}) == 20
        stored = requests.get(f"{two.url}/v1/documents?limit=1000", headers=headers, timeout=30)
        assert len(stored.json()["data"]) == 20


def test_a_stop_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        headers = {"X-Api-Key": server.key}
        answers: list[int] = []
        stop = threading.Event()

        def load() -> None:
            with requests.Session() as session:
                while not stop.is_set():
                    data = canonical(f"STOP-{random.random()}")
                    path = f"{server.url}/v1/documents?connector=canonical"
                    try:
                        answer = session.post(path, data=data, headers=headers, timeout=30)
                        answers.append(answer.status_code)
                    except requests.ConnectionError:
                        return

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        assert server.stop() == 0
        stop.set()
        for thread in threads:
            thread.join()
        assert set(answers) == {201}
    with serving(tmp_path) as again:
        listed = requests.get(
            f"{again.url}/v1/documents?limit=1000", headers=headers, timeout=30
        ).json()
        assert len(listed["data"]) >= len(answers)


def test_what_was_answered_survives_kill_9_and_nothing_is_there_twice(tmp_path: Path) -> None:
    """Killed at random moments under load, started again, as often as KILLS says."""
    variables = {"allow_http_targets": "true", "allow_private_targets": "127.0.0.0/8"}
    answered: dict[str, str] = {}
    with receiving() as receiver:
        server, headers = _started(tmp_path, receiver.url, variables)
        counter = iter(range(10**9))
        for _ in range(KILLS):
            _killed_under_load(server, headers, counter, answered)
            server = Process(tmp_path, int(server.url.rpartition(":")[2]), **variables)
            server.wait()
        stored = _all(server.url, headers, "/v1/documents", "cursor")
        events = _all(server.url, headers, "/v1/events", "after")
        _wait_for(receiver, events)
        server.kill()
    numbers = Counter(each["document"]["number"] for each in stored)
    assert len(answered) > KILLS
    assert not [number for number in answered if numbers[number] != 1]
    assert max(numbers.values()) == 1
    assert {event["id"] for event in receiver.events} >= {event["id"] for event in events}
    _assert_in_order(receiver.events)


def _started(
    folder: Path, target: str, variables: dict[str, str]
) -> tuple[Process, dict[str, str]]:
    server = Process(folder, free_port(), **variables)
    server.wait()
    headers = {"X-Api-Key": server.key}
    path = f"{server.url}/v1/subscriptions"
    made = requests.post(path, json={"url": target}, headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    return server, headers


def _killed_under_load(
    server: Process, headers: dict[str, str], counter: Iterator[int], answered: dict[str, str]
) -> None:
    stop = threading.Event()
    work = (server.url, headers, counter, answered, stop)
    threads = [threading.Thread(target=_load, args=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(random.uniform(0.2, 1.0))
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def _assert_in_order(events: list[dict[str, Any]]) -> None:
    told: dict[str, list[int]] = {}
    for event in events:
        told.setdefault(event["subject"], []).append(int(event["sequence"]))
    assert all(found == sorted(found) for found in told.values())


def _load(
    url: str,
    headers: dict[str, str],
    counter: Iterator[int],
    answered: dict[str, str],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        number = f"KILL-{next(counter)}"
        data = canonical(number, totals={"gross": f"{random.randint(1, 10**9)}.00"})
        path = f"{url}/v1/documents?connector=canonical"
        try:
            answer = requests.post(path, data=data, headers=headers, timeout=30)
        except requests.RequestException:
            return
        assert answer.status_code == 201, answer.text
        answered[number] = answer.json()["documents"][0]["id"]


def _all(url: str, headers: dict[str, str], path: str, cursor: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = requests.get(
            f"{url}{path}", params={"limit": "1000", cursor: after}, headers=headers, timeout=60
        ).json()
        found += page["data"]
        if not page["has_more"]:
            return found
        after = page["next_cursor"]


def _wait_for(receiver: Any, events: list[dict[str, Any]]) -> None:
    wanted = {event["id"] for event in events}
    deadline = time.monotonic() + 150  # longer than the lease of a delivery that was cut off
    while time.monotonic() < deadline:
        if wanted <= {json.loads(body)["id"] for _, body in list(receiver.got)}:
            return
        time.sleep(0.2)
