"""What follows from the order of things, filled in where a tree leaves it out.

Appendix three of the Nacha Operating Rules: batches ascend by number; a trace number is the
originating bank's eight digits and seven that ascend in the file; addenda name their entry by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from connectors._codecs.limits import Tree
from connectors._codecs.nacha.rules import DIRECTIONS, MIXED, ONLY

_SERVICE_CLASSES: dict[frozenset[str], str] = {
    frozenset({only}): code for code, only in ONLY.items()
}
_IN_A_ROW = ("05", "17", "18")
"""Addenda types that may follow each other, and are numbered for it."""


def numbered(unit: Tree) -> dict[str, Any]:
    """A copy of a file's tree in which the numbers are there; those that are given are kept."""
    traces = count(1)
    batches = [_batch(batch, position, traces) for position, batch in enumerate(unit["batches"], 1)]
    return {**unit, "header": {"file_id": "A", **unit["header"]}, "batches": batches}


def _batch(batch: Tree, position: int, traces: Iterator[int]) -> dict[str, Any]:
    given: Mapping[str, str] = batch["header"]
    header = {
        "service_class": _service_class(batch["entries"]),
        "batch_number": str(position),
        **given,
    }
    entries = [_entry(entry, header, next(traces)) for entry in batch["entries"]]
    return {**batch, "header": header, "entries": entries}


def _service_class(entries: list[Tree]) -> str:
    directions = frozenset(DIRECTIONS.get(entry.get("code", ""), "") for entry in entries)
    return _SERVICE_CLASSES.get(directions, MIXED)


def _entry(entry: Tree, header: Mapping[str, str], number: int) -> dict[str, Any]:
    filled = dict(entry)
    if "odfi" in header:
        filled.setdefault("trace", f"{header['odfi'][:8]}{number:07}")
    addenda = entry.get("addenda", [])
    filled.setdefault("addenda_count", str(len(addenda)))
    if addenda:
        last_seven = filled.get("trace", "")[-7:]
        filled["addenda"] = _addenda(addenda, last_seven)
    return filled


def _addenda(addenda: list[Mapping[str, str]], entry_sequence: str) -> list[dict[str, str]]:
    found = []
    numbers = count(1)
    for one in addenda:
        filled = {"entry_sequence": entry_sequence, **one}
        if one.get("type") in _IN_A_ROW:
            filled = {"sequence": f"{next(numbers):04}", **filled}
        found.append(filled)
    return found
