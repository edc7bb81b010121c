"""Duplicates, reconciliation and screening over many documents: how long, and how it grows.

    python benchmarks/controls.py [--items 100000] [--lines 10000]

One process; CPU time, so that a busy machine does not count. The floor of duplicates is to work out
the fingerprints and to group by them; that of reconciliation is to join lines and items by currency
and amount in a dictionary. Each is run at n, 2n and 4n: what is wanted is a growth of no more than
n log n, and 100,000 open items against 10,000 lines within 30 s. Ratios are what to quote.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from canonical_model.controls.duplicates import find_duplicates
from canonical_model.controls.reconciliation import reconcile
from canonical_model.controls.screening import WatchEntry, WatchList, screen
from canonical_model.envelope import Record
from canonical_model.identity import fingerprints, search_terms
from canonical_model.parts.party import Party
from tests.canonical_model.controls.generated.bank import Books, books
from tests.canonical_model.controls.generated.bills import inbox

SEED = 5
WANTED_SECONDS = 30
STEPS = (1, 2, 4)
SLACK = 1.25  # a few per cent of noise, and caches that no longer hold everything

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result and the CPU seconds it took."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def grouped(records: dict[str, Record]) -> int:
    """The least that finding duplicates can be: fingerprints, and who shares one."""
    groups: dict[str, list[str]] = defaultdict(list)
    for handle, record in records.items():
        for term in search_terms(fingerprints(record.document, record.source)):
            groups[term].append(handle)
    return sum(len(group) > 1 for group in groups.values())


def joined(made: Books) -> int:
    """The least that reconciling can be: lines and items of the same currency and amount."""
    by_amount: dict[Any, list[str]] = defaultdict(list)
    for handle, record in made.items.items():
        document: Any = record.document
        totals = getattr(document, "totals", None)
        by_amount[document.currency, totals.payable if totals else document.amount].append(handle)
    lines: list[Any] = [record.document for record in made.lines.values()]
    return sum((line.currency, line.amount) in by_amount for line in lines)


def growth(name: str, sizes: list[int], seconds: list[float]) -> None:
    """Says how the cost grows, beside n log n."""
    first, last = sizes[0], sizes[-1]
    allowed = last * math.log(last) / (first * math.log(first))
    grown = seconds[-1] / seconds[0]
    verdict = "ok" if grown <= allowed * SLACK else "TOO MUCH"
    print(
        f"  {name} grows {grown:.2f}x from {first} to {last}; n log n is {allowed:.2f}x: {verdict}"
    )


def duplicates(documents: int) -> None:
    sizes, spent = [], []
    for step in STEPS:
        box = inbox(SEED, documents // STEPS[-1] * step)
        _, floor = timed(lambda box=box: grouped(box.records))
        found, seconds = timed(lambda box=box: find_duplicates(box.records))
        held = {(each.one, each.other) for each in found if each.verdict == "hold"}
        right = held & box.same
        print(
            f"duplicates     {len(box.records):>7} documents {seconds:6.2f} s, "
            f"{seconds / floor:4.1f}x floor; at the hold threshold "
            f"precision {len(right) / len(held):.4f}, recall {len(right) / len(box.same):.4f}"
        )
        sizes.append(len(box.records))
        spent.append(seconds)
    growth("duplicates", sizes, spent)


def reconciliation(items: int, lines: int) -> None:
    sizes, spent = [], []
    for step in STEPS:
        part = STEPS[-1]
        made = books(SEED, items // part * step, lines // part * step)
        _, floor = timed(lambda made=made: joined(made))
        found, seconds = timed(lambda made=made: reconcile(made.lines, made.items))
        right, accepted = 0, 0
        for each in found.proposals:
            named = frozenset(item.item for item in each.items)
            for line in each.lines if each.decision == "accept" else ():
                place = (line.line, line.detail)
                accepted += 1
                right += named == (made.settles[place] or made.again.get(place))
        print(
            f"reconciliation {len(made.items):>7} items, {len(made.lines):>6} lines "
            f"{seconds:6.2f} s, {seconds / floor:4.0f}x floor; accepted {accepted}, "
            f"precision {right / accepted:.4f}, of {len(made.strong)} with a strong reference"
        )
        sizes.append(len(made.items))
        spent.append(seconds)
    growth("reconciliation", sizes, spent)
    verdict = "ok" if spent[-1] < WANTED_SECONDS else "TOO SLOW"
    print(f"  wanted: the largest within {WANTED_SECONDS} s: {verdict}")


def screening(names: int, parties: int = 20) -> None:
    chance = Random(SEED)  # noqa: S311 - chance, not a secret
    sizes, spent = [], []
    for step in STEPS:
        size = names // STEPS[-1] * step
        entries = [
            WatchEntry(id=f"X{place}", names=[_name(chance)], topics=["sanction"])
            for place in range(size)
        ]
        watch, built = timed(lambda entries=entries: WatchList(entries))
        wanted = [Party(name=_name(chance)) for _ in range(parties)]
        _, seconds = timed(lambda wanted=wanted, watch=watch: [screen(p, watch) for p in wanted])
        print(
            f"screening      {size:>7} entries, built in {built:5.2f} s, "
            f"{1000 * seconds / parties:6.1f} ms a party"
        )
        sizes.append(size)
        spent.append(seconds)
    growth("screening", sizes, spent)


def _name(chance: Random) -> str:
    return " ".join(
        "".join(
            chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou")
            for _ in range(chance.randint(2, 4))
        )
        for _ in range(2)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--names", type=int, default=80_000)
    chosen = parser.parse_args()
    duplicates(chosen.documents)
    reconciliation(chosen.items, chosen.lines)
    screening(chosen.names)


if __name__ == "__main__":
    main()
