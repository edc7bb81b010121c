"""A real Node-RED with the generated package in it, and a server; each started once.

`make test-node-red` installs Node-RED and says where it is; without it these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from node_server.simulators import Simulator, start
from tests.n8n.standing import COMMAND, Server, free_port, served

SETTINGS = "module.exports = {{uiPort: {port}, uiHost: '127.0.0.1', credentialSecret: 'tests'}};\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = "Node-RED is not installed; make test-node-red installs it"
    for item in items:
        if Path(__file__).parent in item.path.parents and "NODE_RED_FOR_TESTS" not in os.environ:
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass
class NodeRed:
    """One Node-RED with a folder of its own."""

    port: int
    deployed: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def deploy(self, nodes: list[dict[str, Any]], key: str) -> None:
        """Flows in place of those before, the nodes of ours with the key."""
        self.deployed += 1
        tab = {"id": "tab", "type": "tab", "label": "test"}
        made = [self._with_key({"z": "tab", "x": 0, "y": 0, **each}, key) for each in nodes]
        body = {"flows": [tab, *made]}
        headers = {"Node-RED-API-Version": "v2"}
        answer = requests.post(self.url("/flows"), json=body, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text

    def sent(self, data: bytes, kind: str = "application/octet-stream") -> tuple[int, Any]:
        """What the flow that was deployed last answers; it starts after it was taken."""
        end = time.monotonic() + 60
        while True:
            headers = {"Content-Type": kind}
            address = self.url(f"/in-{self.deployed}")
            answer = requests.post(address, data=data, headers=headers, timeout=60)
            if answer.status_code != 404 or time.monotonic() > end:
                return answer.status_code, answer.json()
            time.sleep(0.2)

    def _with_key(self, node: dict[str, Any], key: str) -> dict[str, Any]:
        if node["type"] == "http in":
            return node | {"url": f"/in-{self.deployed}"}
        if not node["type"].startswith("counterfoil-"):
            return node
        return node | {"credentials": {"COUNTERFOIL_KEY": key}}

    def types(self) -> set[str]:
        headers = {"Accept": "application/json"}
        found = requests.get(self.url("/nodes"), headers=headers, timeout=60).json()
        assert not [each["err"] for each in found if "err" in each and "counterfoil" in each["id"]]
        return {kind for each in found for kind in each["types"]}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture(scope="session")
def xero(server: Server) -> Iterator[Simulator]:
    """A Xero on this machine, connected as `xero-main`."""
    with start("erp/xero", seed=1) as simulator:
        body = {"id": "xero-main", "connector": "erp/xero", "name": "Xero", "environment": "test"}
        body |= {"settings": simulator.settings, "credential": simulator.credential}
        server.asked("POST", "/v1/connections", json=body)
        yield simulator


@pytest.fixture(scope="session")
def node_red(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeRed]:
    """A Node-RED into which the package was installed as its people do."""
    folder = tmp_path_factory.mktemp("node-red")
    package = folder / "package"
    _run([COMMAND, "connector", "node-red", "--out", str(package)], folder)
    _run(["npm", "pack", "--silent", "--pack-destination", str(folder)], package)
    (tarball,) = folder.glob("*.tgz")
    user = folder / "user"
    user.mkdir()
    _run(["npm", "install", "--no-audit", "--no-fund", "--silent", str(tarball)], user)
    with _started(user) as made:
        yield made


@contextmanager
def _started(user: Path) -> Iterator[NodeRed]:
    port = free_port()
    (user / "settings.js").write_text(SETTINGS.format(port=port))
    red = Path(os.environ["NODE_RED_FOR_TESTS"]) / "node_modules/node-red/red.js"
    command = ["node", str(red), "--userDir", str(user), "--settings", str(user / "settings.js")]
    with (user / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    made, end = NodeRed(port), time.monotonic() + 120
    try:
        while not _is_up(made):
            alive = process.poll() is None and time.monotonic() < end
            assert alive, (user / "log").read_text()[-3000:]
            time.sleep(0.2)
        yield made
    finally:
        process.kill()
        process.wait(30)


def _is_up(made: NodeRed) -> bool:
    try:
        return requests.get(made.url("/settings"), timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
