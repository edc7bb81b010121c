"""What a pull has to tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

MOST_SHOWN: Final = 1000


@dataclass(slots=True)
class Told:
    """What became of the rows, or of the files, read so far."""

    rows: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    documents: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)
    """Files that were left where they are, and why."""

    def note(self, documents: list[dict[str, Any]]) -> None:
        """Documents that were taken in."""
        for each in documents:
            self.actions[each["action"]] += 1
        if len(self.documents) < MOST_SHOWN:
            self.documents += documents

    def note_refused(self, place: dict[str, Any]) -> None:
        """A row or file that could not be taken in."""
        if len(self.refused) < MOST_SHOWN:
            self.refused.append(place)

    def note_left(self, name: str, why: str) -> None:
        """A file that was left where it is."""
        if len(self.left) < MOST_SHOWN:
            self.left.append({"file": name, "why": why})

    def shown(self, resource: str, *, more: bool) -> dict[str, Any]:
        """As callers see it."""
        return {
            "resource": resource,
            "rows": self.rows,
            "actions": dict(self.actions),
            "documents": self.documents,
            "refused": self.refused,
            "more": more,
        } | ({"left": self.left} if self.left else {})
