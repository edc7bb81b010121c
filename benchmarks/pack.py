"""How long the pack takes to be ready, and a map to be read and compiled, in fresh interpreters.

    python benchmarks/pack.py [--rounds 5]

Says what it found beside what is wanted: the index of all connectors within 100 ms, one map that
nobody has used yet within 20 ms. Ratios within one run are what to quote.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import connectors

ROOT = Path(connectors.__file__).parent
INDEX_MS, MAP_MS = 100, 20
PAYLOADS = (
    ("erp/xero", "invoice"),
    ("erp/quickbooks", "bill"),
    ("ap/ubl", "invoice"),
    ("ap/cii", "invoice"),
    ("bank/camt", "statement"),
    ("bank/mt940", "statement"),
    ("procurement/x12", "invoice"),
)

# Each runs in an interpreter of its own and prints milliseconds.
INDEX = """
import json, time
import connectors
from connectors._engine.known import FILE
begin = time.perf_counter()
connectors.pack().recognition
index = time.perf_counter()
json.loads(FILE.read_bytes())
print(json.dumps([(index - begin) * 1e3, (time.perf_counter() - index) * 1e3]))
"""
MAP = """
import json, sys, time
import connectors
pack = connectors.pack()
pack.recognition
found = pack[sys.argv[1]]
data = open(sys.argv[3], "rb").read()
marks = [time.perf_counter()]
found.read_map(sys.argv[2])
marks.append(time.perf_counter())
for _ in range(2):
    assert connectors.map_payload(data).connector == sys.argv[1]
    marks.append(time.perf_counter())
print(json.dumps([(b - a) * 1e3 for a, b in zip(marks, marks[1:])]))
"""
EVERY = """
import json, time
import connectors
found = {}
stale = [c.name for c in connectors.pack().connectors.values() if c._known is None]
for connector in connectors.pack().connectors.values():
    connector.manifest
    for name in connector.map_names():
        begin = time.perf_counter()
        connector.read_map(name)
        found[f"{connector.name}/{name}"] = (time.perf_counter() - begin) * 1e3
print(json.dumps([stale, found]))
"""


def fresh(program: str, *arguments: str) -> str:
    """What a program prints in an interpreter of its own."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def medians(rounds: int, program: str, *arguments: str) -> list[float]:
    """The median of each of its figures."""
    figures = [json.loads(fresh(program, *arguments)) for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*figures, strict=True)]


def sample(connector: str, resource: str) -> str:
    """The largest of its sample payloads that is its own."""
    files = ROOT.glob(f"{connector}/samples/{resource}/*.in.*")
    whole = [path for path in files if "refus" not in path.name and "broken" not in path.name]
    return str(max(whole, key=lambda path: path.stat().st_size))


def verdict(figure: float, most: float) -> str:
    """Whether it is what is wanted."""
    return f"{figure:8.1f} ms  {'ok' if figure <= most else 'over'}, wanted {most} ms"


def main() -> None:
    """Print the figures of the index and of maps."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=5)
    rounds = ask.parse_args().rounds
    index, floor = medians(rounds, INDEX)
    print(f"{len(connectors.names())} connectors, medians of {rounds} fresh interpreters")
    print(f"{'index of the pack':28}{verdict(index, INDEX_MS)}, {index / floor:.1f} x json.loads")
    print(f"\n{'one map, cold':28}{'compile':>11}{'':22}{'first':>9}{'warm':>9}   cold/warm")
    for connector, resource in PAYLOADS:
        path = sample(connector, resource)
        cold, first, warm = medians(rounds, MAP, connector, resource, path)
        row = f"{verdict(cold, MAP_MS):33}{first:9.1f}{warm:9.1f}{(cold + first) / warm:9.0f}"
        print(f"{connector + '/' + resource:28}{row}")
    stale, every = json.loads(fresh(EVERY))
    slowest = max(every, key=lambda name: every[name])
    slow = sum(figure > MAP_MS for figure in every.values())
    print(f"\nall {len(every)} read maps, one after another in one interpreter")
    print(f"{'median':28}{verdict(statistics.median(every.values()), MAP_MS)}")
    print(f"{slowest:28}{verdict(every[slowest], MAP_MS)} (the slowest; {slow} are over)")
    if stale:
        print(f"not as known.json has them, so read in full: {', '.join(stale)}")


if __name__ == "__main__":
    main()
