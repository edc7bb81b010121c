"""The server under load: `/v1/map` and stored ingest, beside a bare Flask echo on the same granian.

    python benchmarks/server.py [--seconds 4] [--connections 16] [--memory 0]

Everything in one run, in turn. For each number of workers: a Flask route that echoes JSON, then the
real routes. What the echo and `map_payload` in process allow together is 1 / (1/echo + time of the
mapping / workers); the share of it that is reached is the figure to quote. The load comes from
another process of this machine and takes its share of the cores.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import connectors

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "connectors"
UBL = (SAMPLES / "ap/ubl/samples/invoice/xrechnung-direct-debit.in.xml").read_bytes()
BILL = (SAMPLES / "erp/xero/samples/invoice/bill.in.json").read_bytes()
ECHO = """
import flask
app = flask.Flask("echo")
@app.post("/echo")
def echo():
    return flask.jsonify(flask.request.get_json())
"""


def canonical(number: int) -> bytes:
    """A new invoice each time, of about two kilobytes."""
    lines = [{"id": str(i), "net": "10.00", "item": {"name": f"thing {i}"}} for i in range(10)]
    document = {"kind": "invoice", "number": f"B-{number}", "issue_date": "2026-01-31",
                "due_date": "2026-02-28", "currency": "EUR", "direction": "payable",
                "entity": "DE01", "lines": lines, "buyer": {"name": "We"},
                "seller": {"name": "They", "ids": [{"kind": "vat", "value": "DE123456788"}]},
                "totals": {"gross": f"{number}.00", "payable": f"{number}.00"}}  # fmt: skip
    return json.dumps(document).encode()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def load(
    port: int, path: str, headers: str, bodies: list[bytes], seconds: float, connections: int
) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in ms, and how many answers were no success."""
    times: list[float] = []
    failures = [0]
    lock = threading.Lock()
    until = time.perf_counter() + seconds
    feed = iter(bodies * (1 + 200_000 // len(bodies)))

    def run() -> None:
        mine, bad = [], 0
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                with lock:
                    body = next(feed)
                began = time.perf_counter()
                link.sendall(request(path, headers, body))
                bad += not answered(link)
                mine.append(time.perf_counter() - began)
        with lock:
            times.extend(mine)
            failures[0] += bad

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return len(times) / seconds, times[int(len(times) * 0.99)] * 1000, failures[0]


def request(path: str, headers: str, body: bytes) -> bytes:
    """A request as it stands on the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def answered(link: socket.socket) -> bool:
    """Read one answer; whether it is a success."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += link.recv(65536)
    head, _, rest = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(rest)
    while left > 0:
        left -= len(link.recv(65536))
    return head.split(b" ", 2)[1][:1] == b"2"


def started(command: list[str], port: int, environment: dict[str, str], log: Path) -> Any:
    """A server that accepts connections."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, **environment},
            start_new_session=True,
        )  # fmt: skip
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(log.read_text())


def stopped(process: Any) -> None:
    """End a server and all its workers."""
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(60)


def memory(process: Any) -> float:
    """Megabytes of a server and its workers."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == process.pid:
                pages += int((folder / "statm").read_text().split()[1])
        except (OSError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def in_process(data: bytes, seconds: float = 1.0) -> float:
    """Seconds that `map_payload` takes for a payload, the median."""
    connectors.map_payload(data)
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        connectors.map_payload(data)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measured(work: Callable[..., Any], *arguments: Any) -> Any:
    """The load from a process of its own, so that it shares no interpreter with anything."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(work, arguments)


def echo_rate(workers: int, options: argparse.Namespace, folder: Path) -> float:
    """What a bare Flask echo does on the same server."""
    (folder / "echo_app.py").write_text(ECHO)
    port = free_port()
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--port",
               str(port), "--workers", str(workers), "--blocking-threads", "8",
               "--log-level", "warning", "echo_app:app"]  # fmt: skip
    process = started(command, port, {"PYTHONPATH": str(folder)}, folder / "echo.log")
    headers = "Content-Type: application/json\r\n"
    run = (port, "/echo", headers, [BILL], options.seconds, options.connections)
    rate, late, bad = measured(load, *run)
    stopped(process)
    print(
        f"{workers} worker(s)  bare Flask echo       {rate:8.0f}/s  p99 {late:6.1f} ms  bad {bad}"
    )
    return float(rate)


def serve(workers: int, folder: Path, port: int) -> tuple[Any, str]:
    """Counterfoil, and its admin key."""
    command = [str(Path(sys.executable).with_name("counterfoil")), "serve", "--port", str(port),
               "--workers", str(workers), "--data", str(folder / f"data{workers}")]  # fmt: skip
    log = folder / f"server{workers}.log"
    quiet = {"COUNTERFOIL_RATE_LIMIT": "", "COUNTERFOIL_LOG_LEVEL": "warning"}
    process = started(command, port, quiet, log)
    time.sleep(2)
    key = next(word for word in log.read_text().split() if word.startswith("cf_"))
    return process, f"X-Api-Key: {key}\r\n"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--memory", type=int, default=0, help="requests before the second look")
    options = parser.parse_args()
    costs = {"2 KB JSON bill": in_process(BILL), "UBL invoice": in_process(UBL)}
    for name, cost in costs.items():
        print(f"in process  map_payload {name:14} {cost * 1e6:6.0f} us")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for workers in (1, 2):
            echo = echo_rate(workers, options, folder)
            port = free_port()
            process, headers = serve(workers, folder, port)
            figures(workers, port, headers, echo, costs, options)
            if workers == 1:
                thousand(port, headers)
                if options.memory:
                    grown(process, port, headers, options)
            stopped(process)


def figures(
    workers: int, port: int, headers: str, echo: float, costs: dict[str, float],
    options: argparse.Namespace,
) -> None:  # fmt: skip
    """The real routes, each beside what the echo and the mapping allow."""
    for name, body in (("2 KB JSON bill", BILL), ("UBL invoice", UBL)):
        run = (port, "/v1/map", headers, [body], options.seconds, options.connections)
        rate, late, bad = measured(load, *run)
        allowed = 1 / (1 / echo + costs[name] / workers)
        share = rate / allowed
        print(f"{workers} worker(s)  map {name:16}  {rate:8.0f}/s  p99 {late:6.1f} ms  "
              f"bad {bad}  {share:4.0%} of the {allowed:.0f}/s allowed")  # fmt: skip
    fresh = [canonical(n) for n in range(1, 20_001)]
    path = "/v1/documents?connector=canonical"
    run = (port, path, headers, fresh, options.seconds, options.connections)
    rate, late, bad = measured(load, *run)
    print(
        f"{workers} worker(s)  ingest, stored        {rate:8.0f}/s  p99 {late:6.1f} ms  bad {bad}"
    )


def thousand(port: int, headers: str) -> None:
    """A thousand items in one call of a node."""
    items = [{"json": json.loads(BILL)} for _ in range(1000)]
    body = json.dumps({"items": items, "parameters": {}}).encode()
    named = headers + "Content-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port)) as link:
        began = time.perf_counter()
        link.sendall(request("/v1/nodes/map/execute", named, body))
        good = answered(link)
        took = time.perf_counter() - began
    print(f"1 worker(s)  1000 items in one call {took * 1000:8.0f} ms  ok {good}")


def grown(process: Any, port: int, headers: str, options: argparse.Namespace) -> None:
    """What so many requests leave behind in memory."""
    before, done = memory(process), 0
    while done < options.memory:
        run = (port, "/v1/map", headers, [BILL], 10.0, options.connections)
        rate, _, _ = measured(load, *run)
        done += int(rate * 10)
    after = memory(process)
    print(f"1 worker(s)  memory {before:.0f} MB, after {done} requests {after:.0f} MB")


if __name__ == "__main__":
    main()
