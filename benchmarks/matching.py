"""The match over many trades with known truth: how right, how long, and how it grows.

    python benchmarks/matching.py [--trades 8000]

One process; CPU time, so that a busy machine does not count. The world is that of the tests, with
another seed. Run at n / 4, n / 2 and n: what is wanted is a growth of no more than n log n.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter

from canonical_model.controls.match import match_all
from canonical_model.controls.match.verdict import MEANINGS
from tests.canonical_model.controls.trade_world import TOLERANCES, world

SEED = 3
STEPS = (4, 2, 1)
SLACK = 1.25  # a few per cent of noise, and caches that no longer hold everything


def run(trades: int) -> float:
    """Print what it came to; the CPU seconds it took."""
    made = world(trades, SEED)
    pairs = [pair for trade in made for pair in trade.bills]
    known = [document for trade in made for document in trade.documents]
    start = time.process_time()
    found = match_all([bill for bill, _ in pairs], known, TOLERANCES)
    seconds = time.process_time() - start
    judged = Counter(
        (truth in MEANINGS, result.holds) for (_, truth), result in zip(pairs, found, strict=True)
    )
    right = sum(truth == got.verdict for (_, truth), got in zip(pairs, found, strict=True))
    hits = judged[True, True]
    print(
        f"{len(pairs) + len(known):7,} documents, {sum(len(b.lines) for b, _ in pairs):7,} lines: "
        f"{seconds:6.2f} s; holds: precision {hits / (hits + judged[False, True]):.4f}, "
        f"recall {hits / (hits + judged[True, False]):.4f}; "
        f"verdict exactly right {right / len(pairs):.4f}"
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trades", type=int, default=8000)
    trades = parser.parse_args().trades
    times = [run(trades // step) for step in STEPS]
    small = trades // STEPS[0]
    allowed = trades * math.log(trades) / (small * math.log(small))
    grown = times[-1] / times[0]
    verdict = "ok" if grown <= allowed * SLACK else "TOO MUCH"
    print(f"{trades / small:.0f} times as much took {grown:.2f} times as long; ", end="")
    print(f"n log n is {allowed:.2f}: {verdict}")


if __name__ == "__main__":
    main()
