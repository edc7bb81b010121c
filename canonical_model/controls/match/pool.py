"""Order lines among which a quantity is shared out, oldest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from canonical_model.controls.match.descriptions import stems
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine, Purpose

_MOST_LOOKED_AT = 64


class Pool:
    """Lines alike, in order of rank. Room only ever shrinks, so one step forward is for good."""

    __slots__ = ("_at", "lines")

    def __init__(self, lines: Iterable[OrderLine] = ()) -> None:
        self.lines = list(lines)
        self._at: dict[Purpose, int] = {}

    def first(self, purpose: Purpose) -> OrderLine | None:
        """The oldest line that has room."""
        at = self._at.get(purpose, 0)
        while at < len(self.lines) and self.lines[at].room(purpose) <= 0:
            at += 1
        self._at[purpose] = at
        return self.lines[at] if at < len(self.lines) else None


class Region:
    """The lines of some orders, by what they are about."""

    def __init__(self, lines: Iterable[OrderLine]) -> None:
        self.lines = sorted(lines, key=lambda line: line.rank)
        self.whole = Pool(self.lines)
        self._items: defaultdict[object, Pool] = defaultdict(Pool)
        self._stems: defaultdict[str, list[OrderLine]] | None = None
        for line in self.lines:
            for item in line.entry.items:
                self._items[item].lines.append(line)
                self._items[item, line.entry.unit, line.entry.price].lines.append(line)

    def pools(self, entry: Entry) -> list[Pool]:
        """Lines of the same item: first those at the same price, then all."""
        items = sorted(entry.items)
        keys: list[object] = [(item, entry.unit, entry.price) for item in items]
        return [self._items[key] for key in (*keys, *items) if key in self._items]

    def like(self, entry: Entry) -> list[OrderLine]:
        """A bounded number of lines that share a rare word with the entry."""
        if self._stems is None:
            self._stems = defaultdict(list)
            for line in self.lines:
                for stem in stems(line.entry.words):
                    self._stems[stem].append(line)
        postings = [self._stems[stem] for stem in sorted(stems(entry.words)) if stem in self._stems]
        found: dict[int, OrderLine] = {}
        for posting in sorted(postings, key=len):
            if found and len(posting) > _MOST_LOOKED_AT:
                break  # a word that everything has in it tells nothing more
            found |= {line.rank: line for line in posting[:_MOST_LOOKED_AT]}
        return list(found.values())
