"""The worker's turn for parties: changes that have cooled off, and lists that are new."""

from __future__ import annotations

from typing import Final

from node_server.operations.house import House
from node_server.operations.onboarding.applying import apply_due
from node_server.operations.onboarding.screening import CONTROL, screen_party
from node_server.store import watch_lists

_ACTOR: Final = f"control:{CONTROL}"
_MOST: Final = 100


class Onboarder:
    """Does what time or a new list makes due."""

    def __init__(self, house: House) -> None:
        self._house = house

    def round(self) -> bool:
        """Whether there was anything to do."""
        applied = apply_due(self._house)
        return self._screen_again() or applied

    def _screen_again(self) -> bool:
        """A newer list may have somebody on it whom we have known for long."""
        with self._house.store.reading() as connection:
            row = watch_lists.unread(connection)
            if row is None:
                return False
            found = watch_lists.parties(connection, row["tenant"], row["read_up_to"], _MOST)
        for _, record_id in found:
            screen_party(self._house, row["tenant"], _ACTOR, record_id)
        with self._house.store.writing() as connection:
            watch_lists.read_on(connection, row, found[-1][0] if found else watch_lists.ALL_READ)
        return True
