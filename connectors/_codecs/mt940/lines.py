"""Putting together what a bank cut into lines or sub-fields."""

from __future__ import annotations

_LINE = 65  # SWIFT MT940 field 86: 6*65x
_NEARLY_FULL = frozenset((_LINE - 3, _LINE - 2, _LINE - 1))
_SHORTEST_WIDTH = 20  # some banks cut their sub-fields earlier; below this it is mere short text
_SUBFIELD = 27  # sub-fields 20 to 29, 32, 33 and 60 to 63 hold 27 characters


def join_lines(raw: str) -> str:
    """Lines cut at 65 places as one text, with the blanks that were trimmed at the cut."""
    if "\n" not in raw:
        return raw
    lines = raw.split("\n")
    lengths = set(map(len, lines[:-1]))
    if lengths.isdisjoint(_NEARLY_FULL) or max(lengths) < _LINE:
        return "".join(lines)
    last = lines.pop()
    return "".join([x.ljust(_LINE) if len(x) in _NEARLY_FULL else x for x in lines]) + last


def join_full_lines(raw: str) -> str:
    """Only lines of full width run on into the next one; the others end with a blank."""
    if "\n" not in raw:
        return raw
    return "".join(line if len(line) >= _LINE else line + " " for line in raw.split("\n"))


def join_subfields(pieces: list[str]) -> str:
    """Full sub-fields run on into the next one; a shorter one ends its line."""
    if len(pieces) == 1:
        return pieces[0].strip()
    longest = max(map(len, pieces), default=0)
    width = longest if _SHORTEST_WIDTH <= longest < _SUBFIELD else _SUBFIELD
    return "".join([p if len(p) >= width else p + "\n" for p in pieces]).strip()


# What stands for "no reference" in SEPA and SWIFT.
FILLERS = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF"))
