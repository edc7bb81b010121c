"""Several processes on one store: one refresh for all, and a rotation that loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from credentials import Vault
from node_server.operations.connecting import rotating
from node_server.operations.house import House
from node_server.operations.vault import vault_of
from tests.node_server.connecting.conftest import Connect
from tests.node_server.connecting.vendor import vendor

ROOT = Path(__file__).resolve().parents[3]
HERE = "tests.node_server.connecting"

pytestmark = pytest.mark.slow


def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"{HERE}.{module}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def answer_of(process: subprocess.Popen[bytes]) -> Any:
    return json.loads(process.communicate(timeout=120)[0])


@pytest.mark.parametrize("shared", ["as they are", "without Redis"])
def test_fifty_calls_of_two_processes_with_one_ended_token_refresh_it_once(
    house: House, connect: Connect, shared: str
) -> None:
    """Embedded: a file beside the store keeps them apart; else Redis, or a lock of PostgreSQL."""
    settings = asdict(house.settings)
    if shared == "without Redis":
        settings["redis_url"] = ""
    with vendor() as there:
        there.refresh.add("CANARY-refresh-0")
        assert there.server is not None
        parts = {"client_id": "app", "client_secret": "s", "refresh_token": "CANARY-refresh-0"}
        parts |= {"access_token": "old", "expires_at": "5"}
        exact = {"variables": {"country": "nl", "division": "1"}, "oauth": True, "concurrency": 16}
        connect(there.server, "erp/exact_online", "oauth2_code", parts, **exact)
        both = [start("many_calls", json.dumps(settings), "25") for _ in range(2)]
        answers = [answer_of(each) for each in both]
        paths = [each.path for each in there.server.seen]
    assert answers == [[200] * 25] * 2
    assert paths.count("/token") == 1
    assert paths.count("/things") == 50
    kept = vault_of(house, "acme", "test").get("there", purpose="test").reveal()
    assert kept["refresh_token"] in there.refresh


@dataclass
class Worker:
    """A thread that changes a credential again and again, and knows what it stored."""

    vault: Vault
    name: str
    stop: Path
    count: int = 0
    faults: list[str] = field(default_factory=list)

    def work(self) -> None:
        self.vault.add(self.name, "bearer", {"token": "0"}, purpose="begin")
        while not self.stop.exists():
            try:
                self.step()
            except Exception as error:  # noqa: BLE001  (each is a secret in danger)
                self.faults.append(f"{self.name}: {error!r}")

    def step(self) -> None:
        kept = self.vault.get(self.name, purpose="look")
        assert kept.reveal() == {"token": str(self.count)}
        new = {"token": str(self.count + 1)}
        self.vault.change(self.name, new, version=kept.version, purpose="on")
        self.count += 1


def test_a_rotation_under_load_loses_no_secret(house: House, tmp_path: Path) -> None:
    stop, vault = tmp_path / "stop", vault_of(house, "acme", "here")
    where = house.settings.data, house.settings.database_url
    others = [start("sealing_on", *where, f"p{n}", str(stop)) for n in range(2)]
    workers = [Worker(vault, f"t{n}", stop) for n in range(2)]
    threads = [threading.Thread(target=each.work) for each in workers]
    for each in threads:
        each.start()
    wait_for(vault, {"p0", "p1", "t0", "t1"})
    keys = rotate_often(house, 4)
    stop.touch()
    for each in threads:
        each.join()
    told = [answer_of(each) for each in others]
    assert [each.faults for each in workers] + [each["faults"] for each in told] == [[]] * 4
    final = {f"p{n}": each["count"] for n, each in enumerate(told)}
    final |= {each.name: each.count for each in workers}
    assert min(final.values()) > 5, "nobody worked; this would prove nothing"
    found = {name: vault.get(name, purpose="end").reveal()["token"] for name in final}
    assert found == {name: str(count) for name, count in final.items()}
    assert len(set(keys)) == 4
    assert rotating.rotate(house, new_key=False, drop=True).unreadable == []
    assert (Path(house.settings.data) / "master.key").read_text().count("\n") == 1


def wait_for(vault: Vault, names: set[str]) -> None:
    end = time.monotonic() + 60
    while not names <= set(vault.names()):
        assert time.monotonic() < end, "the processes did not begin to work"
        time.sleep(0.05)


def rotate_often(house: House, times: int) -> list[str]:
    """New keys, each old one dropped a while after."""
    keys = []
    for _ in range(times):
        keys.append(rotating.rotate(house, new_key=True, drop=False).key)
        time.sleep(1)
        rotating.rotate(house, new_key=False, drop=True)
    return keys
