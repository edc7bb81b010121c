"""Reading a place of files as if it were a list: a file is a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from node_server.auth import Principal
from node_server.operations.calling.files.file_caller import FileCaller
from node_server.operations.exchanging_files.ripening import Ripe
from node_server.operations.exchanging_files.taking import Outcome, take_all
from node_server.operations.house import House
from node_server.operations.pulling.held import Held
from node_server.operations.pulling.progress import Progress
from node_server.operations.pulling.told import Told
from node_server.store import clock

_PAGE: Final = 100
"""Files that count as a page."""


class FileReader:
    """Takes in what lies in the folder of a connection."""

    def __init__(
        self,
        house: House,
        who: Principal,
        caller: FileCaller,
        held: Held,
        *,
        pages: int | None,
        full: bool,
    ) -> None:
        self._house, self._who, self._caller, self._held = house, who, caller, held
        self._most = None if pages is None else pages * _PAGE
        self._full = full
        self._told = Told()
        self._come = Progress()
        self._more = False

    def read(self, found: Progress) -> tuple[Told, bool]:
        """What became of the files, and whether some are left for the next call."""
        self._come = replace(found, since=clock.stamp(), following=None)
        outcomes = take_all(
            self._house, self._who, self._caller, found.seen, self._found, full=self._full
        )
        for outcome in outcomes:
            self._take(outcome)
            self._held.note(self._come, self._told.rows)
            if self._told.rows == self._most:
                outcomes.close()
                self._more = True
        self._held.note(self._come, self._told.rows)
        self._held.give_back()
        return self._told, self._more

    def _found(self, ripe: Ripe) -> None:
        self._come = replace(self._come, seen=ripe.seen)
        for name, why in ripe.left.items():
            self._told.note_left(name, why)

    def _take(self, outcome: Outcome) -> None:
        told = self._told
        if outcome.left is not None:
            told.note_left(outcome.name, outcome.left)
            if not (outcome.documents or outcome.issues or outcome.again):
                return
        told.rows += 1
        if outcome.again:
            told.actions["known"] += 1
        told.note([each | {"file": outcome.name} for each in outcome.documents])
        if outcome.issues:
            place = {"row": told.rows, "file": outcome.name, "issues": outcome.issues}
            told.note_refused(place)
