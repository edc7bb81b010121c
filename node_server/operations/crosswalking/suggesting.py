"""Proposals for a crosswalk: what documents name, beside what is most like it at the target.

Nothing is used before a person has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from rapidfuzz import fuzz, process

from canonical_model.documents import AnyDocument
from node_server.operations.connecting.connections import found as connection_of
from node_server.operations.crosswalking.naming import KINDS, folded
from node_server.operations.crosswalking.translating import translated
from node_server.operations.house import House
from node_server.store import clock, crosswalks, records

LEAST: Final = 80.0
"""Likeness of names, of a hundred, below which nothing is proposed."""
_MOST_DOCUMENTS: Final = 5000
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Master:
    """One of the target's own."""

    target: str
    label: str
    match: frozenset[str]
    folded: str
    """Its label as names are compared."""


def suggest(house: House, tenant: str, actor: str, connection_id: str) -> dict[str, int]:
    """Propose a target for what documents name and no table knows; how many of each kind."""
    connection_of(house, tenant, connection_id)
    known = {kind: _masters(house, tenant, connection_id, kind) for kind in KINDS}
    wanted = {kind for kind, rows in known.items() if rows}
    # Looked for before the store is locked: thousands of documents are read for it.
    found = [
        (kind, best)
        for kind, names in _asked(house, tenant, connection_id, frozenset(wanted))
        if (best := likest(names, known[kind])) is not None
    ]
    made = dict.fromkeys(sorted(wanted), 0)
    with house.store.writing(f"crosswalks:{tenant}:{connection_id}") as transaction:
        for kind, (name, master, score) in found:
            row = {
                "tenant": tenant, "connection_id": connection_id, "name": kind, "value": name,
                "target": master.target, "label": master.label,
                "state": crosswalks.PROPOSED, "score": f"{score:.0f}", "actor": actor,
                "at": clock.stamp(),
            }  # fmt: skip
            crosswalks.propose(transaction, row)
            made[kind] += 1
    return made


def likest(names: list[str], masters: list[Master]) -> tuple[str, Master, float] | None:
    """The master most like any of the names, with that name and the likeness of a hundred."""
    # Our 4400 is their account with the code 4400 rather than the one in row 4400 there.
    pairs = [(name, each) for name in names for each in masters]
    for is_it in (_is_called, _has_id):
        same = (pair for pair in pairs if is_it(pair[1], pair[0].rpartition(":")[2]))
        if (found := next(same, None)) is not None:
            return *found, 100.0
    label = next((n.partition(":")[2] for n in names if n.startswith(("name:", "text:"))), None)
    if label is None:
        return None
    choices = [each.folded for each in masters]
    near = process.extractOne(label, choices, scorer=fuzz.token_sort_ratio, score_cutoff=LEAST)
    if near is None:
        return None
    name = next(n for n in names if n.partition(":")[2] == label)
    return name, masters[near[2]], float(near[1])


def _is_called(master: Master, name: str) -> bool:
    return name in master.match


def _has_id(master: Master, name: str) -> bool:
    return name == master.target


def _asked(
    house: House, tenant: str, connection_id: str, kinds: frozenset[str]
) -> Iterator[tuple[str, list[str]]]:
    """Everything that documents name and no table knows, each once."""
    with house.store.reading() as transaction:
        for kind, names in _named(house, tenant, kinds):
            if not crosswalks.targets(transaction, tenant, connection_id, kind, names):
                yield kind, names


def _named(house: House, tenant: str, kinds: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    """Everything that documents name, each once."""
    seen: set[tuple[str, str]] = set()
    for document in _documents(house, tenant):
        _, unknown = translated(document, lambda _kind, _names: None, kinds)
        for each in unknown:
            if each.names and (each.kind, each.names[0]) not in seen:
                seen.add((each.kind, each.names[0]))
                yield each.kind, list(each.names)


def _documents(house: House, tenant: str) -> Iterator[AnyDocument]:
    after = 0
    for _ in range(_MOST_DOCUMENTS // _PAGE):
        with house.store.reading() as transaction:
            page = records.page(transaction, tenant, {}, after=after, limit=_PAGE)
        yield from (each.record.document for each in page)
        if len(page) < _PAGE:
            return
        after = page[-1].position


def _masters(house: House, tenant: str, connection_id: str, kind: str) -> list[Master]:
    with house.store.reading() as transaction:
        rows = crosswalks.master_rows(transaction, tenant, connection_id, kind)
    return [_master(row) for row in rows]


def _master(row: Mapping[str, Any]) -> Master:
    entry = msgspec.json.decode(row["entry"])
    match = frozenset(entry["match"])
    return Master(row["target"], row["label"], match, folded(row["label"]))
