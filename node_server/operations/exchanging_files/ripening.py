"""Which files are whole: those whose size and time stay as they are for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from connectors._transport.places import Entry, Place, is_plain
from node_server.operations.calling.files.exchange import Exchange

_MOST_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Ripe:
    """What may be read now, what is left for later and why, and what was seen."""

    files: list[Entry] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=dict)


def ripe_files(place: Place, exchange: Exchange, seen: dict[str, list[int]]) -> Ripe:
    """The files that were seen just so before, now or by an earlier pull, by their names."""
    found = _listed(place, exchange)
    known = dict(seen)
    if exchange.stable == 0:
        known = {name: stamp(each) for name, each in found.items()}
    elif any(known.get(name) != stamp(each) for name, each in found.items()):
        known |= {name: stamp(each) for name, each in found.items()}
        time.sleep(exchange.stable)
        found = _listed(place, exchange)
    ripe = Ripe(seen={name: stamp(each) for name, each in found.items()})
    for name, each in sorted(found.items()):
        if why := _unripe(each, known.get(name)):
            ripe.left[name[:80]] = why
        else:
            ripe.files.append(each)
    ripe.seen = dict(list(ripe.seen.items())[:_MOST_REMEMBERED])
    return ripe


def stamp(entry: Entry) -> list[int]:
    """What changes while a file is being written."""
    return [entry.size, entry.modified]


def _listed(place: Place, exchange: Exchange) -> dict[str, Entry]:
    entries = place.entries(exchange.inbox)
    return {each.name: each for each in entries if exchange.wants(each.name)}


def _unripe(entry: Entry, before: list[int] | None) -> str | None:
    if not is_plain(entry.name):
        return "its name leads elsewhere, or cannot be shown"
    if before != stamp(entry):
        return "it is being written"
    if entry.size == 0:
        # Often the first thing that is seen of a file that is about to be written.
        return "it is empty"
    return None
