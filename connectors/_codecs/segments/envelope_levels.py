"""The levels of an envelope, what is open of them, and the wording of what disagrees."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors._codecs.limits import Notice
from connectors._codecs.segments import Segment
from connectors.errors import CodecError

MOST_FAULTS = 10_000


@dataclass(frozen=True, slots=True)
class Level:
    """The segments of one envelope and the elements that its header and trailer must agree in."""

    name: str
    parts: str
    header: str
    trailer: str
    count: str
    trailer_reference: str
    header_reference: str


@dataclass(slots=True)
class Open:
    """An envelope that is being read; `ordinal` stays zero until it holds a unit."""

    level: Level
    tree: Segment
    number: int
    ordinal: int = 0
    parts: int = 0

    def where(self, number: int, tag: str) -> str:
        """The place of a segment in words."""
        place = f"segment {number} ({tag})"
        return f"{self.level.name} {self.ordinal}, {place}" if self.ordinal else place


@dataclass(slots=True)
class Faults:
    """Faults that may repeat without end, told once a code: where first, and how many more."""

    _counts: dict[str, int] = field(default_factory=dict)
    _firsts: dict[str, Notice] = field(default_factory=dict)

    def add(self, code: str, message: str, where: str) -> None:
        """Count one more fault of this code."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count > MOST_FAULTS:
            text = f"more than {MOST_FAULTS} faults; is this file of this format?"
            raise CodecError("too_many_faults", text, segment=where)
        if code not in self._firsts:
            self._firsts[code] = Notice(code, message, "error", where)

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self._firsts)

    def drain(self) -> list[Notice]:
        """What was counted so far; counting starts anew."""
        notices = [self._told(notice) for notice in self._firsts.values()]
        self._counts.clear()
        self._firsts.clear()
        return notices

    def _told(self, first: Notice) -> Notice:
        more = self._counts[first.code] - 1
        text = f"{first.message} ({more} more like it)" if more else first.message
        return Notice(first.code, text, first.severity, first.where)


def disagreements(opened: Open, trailer: Segment) -> list[tuple[str, str]]:
    """Code and message for the count and the reference, where the trailer contradicts the rest."""
    level, actual = opened.level, opened.parts
    same = trailer.get(level.trailer_reference) == opened.tree.get(level.header_reference)
    if same and trailer.get(level.count) == str(actual):
        return []
    faults = []
    stated = str(trailer.get(level.count, ""))
    if _number(stated) != str(actual):
        faults.append(("count_mismatch", _count_text(level, stated, actual)))
    first = str(opened.tree.get(level.header_reference, ""))
    last = str(trailer.get(level.trailer_reference, ""))
    if _number(first) != _number(last):
        faults.append(("reference_mismatch", _reference_text(level, first, last)))
    return faults


def agreed_count(unit: Segment, trailer: str, element: str, actual: int) -> str:
    """The true count, written as the unit's own trailer writes it if that one agrees."""
    stated = str((unit.get(trailer) or [{}])[0].get(element, ""))
    return stated if stated and _number(stated) == str(actual) else str(actual)


def _number(text: str) -> str:
    """Leading zeros aside, as senders pad the two ends differently."""
    return text.strip().lstrip("0") or "0"


def _count_text(level: Level, stated: str, actual: int) -> str:
    says = (
        f"says {short(stated)} {level.parts}" if stated else f"does not say how many {level.parts}"
    )
    return f"{level.count} {says}, {actual} were read; have the sender repeat the file"


def _reference_text(level: Level, first: str, last: str) -> str:
    return (
        f"{level.trailer_reference} is {short(last) or 'empty'}, {level.header_reference} is "
        f"{short(first) or 'empty'}; they must be equal, parts of two files may be mixed"
    )


def short(value: str) -> str:
    """What may be quoted of a value in a message."""
    return value if len(value) <= 40 else value[:37] + "..."
