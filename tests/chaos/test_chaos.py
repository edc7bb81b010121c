"""Everything fails, and every document is in its target exactly once, or it is said why not.

On the embedded store, and on PostgreSQL with Celery over Redis and over RabbitMQ. One process is
killed every second: for the first eight of them in the short form, to the end with
COUNTERFOIL_CHAOS=2000, which is the number of documents.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from node_server.config import Settings
from node_server.simulators import Simulator, start_several
from tests.node_server.conftest import postgres, redis_server
from tests.node_server.posting.conftest import TARGETS
from tests.node_server.rabbitmq import installed, rabbitmq

from .storm import RATES, Books, Client, books, crew, free_port, new_client, settled

assert postgres  # fixtures
assert redis_server

pytestmark = pytest.mark.slow
CLASSES = ("replay", "reject", "upsert", "unique", "none")
SHORT = "COUNTERFOIL_CHAOS" not in os.environ
DOCUMENTS = int(os.environ.get("COUNTERFOIL_CHAOS", "20"))
RAGE = 8.0 if SHORT else 3600.0
PATIENCE = 120 + DOCUMENTS
ENDS = {"confirmed": {1}, "refused": {0}, "dead": {0}, "held": {0}, "uncertain": {0, 1}}


def common(folder: Path) -> dict[str, Any]:
    return {
        "data": str(folder / "data"), "overlays": (str(TARGETS),), "port": free_port(),
        "allow_http_targets": True, "allow_private_targets": ("127.0.0.0/8",),
        "rate_limit": "", "log_level": "error", "lease_seconds": 2, "posting_threads": 8,
    }  # fmt: skip


def test_embedded_worker_on_sqlite(tmp_path: Path) -> None:
    weather(Settings(**common(tmp_path)), ["server", "worker"], tmp_path)


def test_celery_over_redis_on_postgresql(
    tmp_path: Path, postgres: Callable[[], str], redis_server: str
) -> None:
    url = postgres().replace("postgresql://", "postgresql+psycopg://", 1)
    shared = {"database_url": url, "redis_url": redis_server, "broker_url": redis_server}
    weather(
        Settings(**common(tmp_path), **shared), ["server", "celery", "celery"], tmp_path
    )  # fmt: skip


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[str]:
    """A real RabbitMQ, where it is installed (Debian's `rabbitmq-server`)."""
    server = installed()
    if server is None:
        pytest.skip("no RabbitMQ is installed: apt-get install rabbitmq-server")
    with rabbitmq(server) as url:
        yield url


def test_celery_over_rabbitmq_on_postgresql(
    tmp_path: Path, postgres: Callable[[], str], redis_server: str, rabbitmq_server: str
) -> None:
    """What several processes share is in Redis; only the messages go another way."""
    url = postgres().replace("postgresql://", "postgresql+psycopg://", 1)
    shared = {"database_url": url, "redis_url": redis_server, "broker_url": rabbitmq_server}
    weather(Settings(**common(tmp_path), **shared), ["server", "celery", "celery"], tmp_path)


def weather(settings: Settings, names: list[str], folder: Path) -> None:
    """The whole of it: documents, targets, storm, and the count afterwards."""
    systems = [f"sim/{kind}" for kind in CLASSES]
    numbers = [f"B-{which}" for which in range(DOCUMENTS)]
    with start_several(systems, seed=3, overlay=str(TARGETS)) as targets, books(settings) as found:
        for each in targets:
            found.connect(each)
        records = found.approved(numbers)
        wanted = [(CLASSES[n % 5], records[number]) for n, number in enumerate(numbers)]
        for n, each in enumerate(targets):
            each.fail(rates=RATES, seed=n)
        began = time.monotonic()
        client = new_client(found.house, settings.port)
        with crew(variables(settings), names, folder) as processes:
            processes.rage(RAGE)
            client.post_all(wanted)
            client.seconds = time.monotonic() - began
            done = settled(found, len(numbers), PATIENCE)
            processes.calm()
            done = done or settled(found, len(numbers), PATIENCE)
            seconds = time.monotonic() - began
        tell(folder, found, targets, client, dict(processes.killed), seconds)
        judge(found, targets, records)
        assert done, Counter(row["state"] for row in found.rows())


def variables(settings: Settings) -> dict[str, str]:
    names = [*common(Path()), "database_url", "redis_url", "broker_url"]
    values = {name: getattr(settings, name) for name in names}
    return {
        name: ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in values.items()
    }


def judge(found: Books, targets: list[Simulator], records: dict[str, str]) -> None:
    made: Counter[str] = Counter()
    for each in targets:
        made.update(row["number"] for row in each.objects("bill"))
    rows = {row["record_id"]: row for row in found.rows()}
    assert not {number: count for number, count in made.items() if count > 1}, "made twice"
    assert set(rows) == set(records.values()), "lost on the way in"
    for number, record in records.items():
        row = rows[record]
        assert made[number] in ENDS[row["state"]], (number, made[number], row)
        assert row["state"] == "confirmed" or row["why"], row


def tell(
    folder: Path,
    found: Books,
    targets: list[Simulator],
    client: Client,
    killed: dict[str, int],
    seconds: float,
) -> None:
    """The figures, for who runs it by hand (`pytest -s`)."""
    faults = sum(bool(call.fault) for each in targets for call in each.calls)
    calls = sum(len(each.calls) for each in targets)
    rows = found.rows()
    figures = {
        "documents": DOCUMENTS, "seconds": round(seconds, 1),
        "kept after seconds": round(client.seconds, 1), "killed": killed,
        "calls to the server": client.calls, "calls to targets": calls, "of them failed": faults,
        "attempts": sum(row["attempts"] for row in rows),
        "states": dict(Counter(row["state"] for row in rows)),
        "by class": {
            kind: dict(Counter(r["state"] for r in rows if r["connection_id"] == kind))
            for kind in CLASSES
        },
    }  # fmt: skip
    (folder / "figures.json").write_text(json.dumps(figures, indent=2))
    print(json.dumps(figures))  # noqa: T201
