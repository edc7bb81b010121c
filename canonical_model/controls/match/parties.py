"""Whether two documents deal with the same counterparty."""

from __future__ import annotations

from collections.abc import Iterable

from canonical_model.controls.match.descriptions import likeness, tokens
from canonical_model.identity import rungs
from canonical_model.parts.party import Party

Marks = frozenset[tuple[str, str]]
"""What a party can be recognised by: kind and value; accounts are shared too often to count."""

_SAME_NAME = 0.8


def marks(party: Party | None) -> Marks:
    """All marks of a party; its name without its country, which many documents leave out."""
    return frozenset(
        (kind, text.partition("|")[0] if kind == "name" else text)
        for kind, text in rungs(party)
        if kind != "iban"
    )


def agree(one: Marks, other: Marks) -> bool | None:
    """Whether the marks are of one party; None when they cannot be compared."""
    ours, theirs = _strong(one), _strong(other)
    if ours & theirs:
        return True
    if _kinds(ours) & _kinds(theirs):
        return False
    return _names_agree(one - ours, other - theirs)


def _strong(found: Marks) -> Marks:
    return frozenset(mark for mark in found if mark[0] != "name")


def _kinds(found: Iterable[tuple[str, str]]) -> set[str]:
    return {kind for kind, _ in found}


def _names_agree(ours: Marks, theirs: Marks) -> bool | None:
    if not ours or not theirs:
        return None
    alike = (likeness(tokens(one), tokens(other)) for _, one in ours for _, other in theirs)
    return max(alike) >= _SAME_NAME
