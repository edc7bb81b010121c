"""Bytes to trees: each bank and EDI codec beside the best-known Python library for its format.

    python benchmarks/codecs.py [--rounds 25]

Both read the same file of the project in the same run; the ratio is what to quote. What they give
differs: ours checks totals and envelopes, and tells what it read past. `mt940` by B2CK cannot be
installed beside `mt-940`, which has the same import name.
"""

from __future__ import annotations

import argparse
import io
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mt940 as their_mt940
import x12 as their_x12
from ach.parser import Parser as Ach
from bai2 import bai2 as their_bai2
from coda import CODA
from ofxtools.Parser import OFXTree
from pydifact.segmentcollection import Interchange

from connectors._codecs import bai2, coda, edifact, mt940, nacha, ofx, x12

FILES = Path(__file__).parent.parent / "tests" / "wire_formats" / "files"
Call = Callable[[], Any]


def contests() -> Iterator[tuple[str, str, str, Call, Call]]:
    """Format, file, the other library, ours, theirs."""
    data = {path.name: path.read_bytes() for path in FILES.glob("*/*")}

    def both(
        name: str, file: str, library: str, decode: Callable[[bytes], Any], read: Callable[..., Any]
    ) -> tuple[str, str, str, Call, Call]:
        payload = data[file]
        text = payload.decode("cp1252")
        return name, file, library, lambda: decode(payload), lambda: read(payload, text)

    yield both(
        "MT940", "german_pages.sta", "mt-940", mt940.decode, lambda _, t: their_mt940.parse(t)
    )
    yield both("OFX", "current.ofx", "ofxtools", ofx.decode, lambda b, _: _ofx(b))
    yield both(
        *("BAI2", "two_groups.bai", "bai2", bai2.decode),
        lambda _, t: their_bai2.parse_from_string(t, check_integrity=False),
    )
    yield both("X12", "810_invoice.edi", "ansi-x12", x12.decode, lambda b, _: _x12(b))
    data["forty of them"] = _repeated(data["810_invoice.edi"])
    yield both("X12", "forty of them", "ansi-x12", x12.decode, lambda b, _: _x12(b))
    yield both(
        *("EDIFACT", "invoic_d96a.edi", "pydifact", edifact.decode),
        lambda _, t: list(Interchange.from_str(t).get_messages()),
    )
    yield both(
        "CODA", "current.cod", "febelfin-coda", coda.decode, lambda _, t: CODA(io.StringIO(t))
    )
    yield both("NACHA", "payroll.ach", "carta-ach", nacha.decode, lambda _, t: Ach(t).as_dict())


def _repeated(data: bytes, times: int = 40) -> bytes:
    """An interchange with its one set several times."""
    start, end = data.index(b"ST*"), data.index(b"GE*")
    return data[:start] + data[start:end] * times + data[end:].replace(b"GE*1*", b"GE*%d*" % times)


def _ofx(data: bytes) -> Any:
    tree = OFXTree()
    tree.parse(io.BytesIO(data))
    return tree


def _x12(data: bytes) -> Any:
    return their_x12.parse_x12_interchange(their_x12.tokenize_x12(data))


def seconds(function: Call, times: int) -> float:
    """Seconds of work for one call, over several."""
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def main() -> None:
    """Print one line for each format."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=25)
    rounds = ask.parse_args().rounds
    warnings.simplefilter("ignore")  # of the other libraries
    print(f"{'':9}{'file':22}{'ours us':>9}{'theirs us':>11}  {'ours/theirs':12}library")
    for name, file, library, ours, theirs in contests():
        try:
            theirs()
        except Exception as error:  # noqa: BLE001  (what a library refuses is worth a line, no more)
            print(f"{name:9}{file:22}{'':>9}{'':>11}  refuses it   {library}: {str(error)[:40]}")
            continue
        pairs = [(seconds(ours, 20), seconds(theirs, 20)) for _ in range(rounds)]
        mine, other = (min(column) for column in zip(*pairs, strict=True))
        print(
            f"{name:9}{file:22}{mine * 1e6:9.0f}{other * 1e6:11.0f}  {mine / other:<12.2f}{library}"
        )


if __name__ == "__main__":
    main()
