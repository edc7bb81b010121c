"""Finding rows by an equal value without looking at all of them, as a database would."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from node_server.simulators.conditions import number_of, value_at

if TYPE_CHECKING:
    from node_server.simulators.rows import Row


class Indexes:
    """Indexes over the rows of each shelf, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], dict[Hashable, list[Row]]] = {}

    def find(
        self, shelf: str, path: str, value: Any, all_rows: Callable[[], Iterable[Row]]
    ) -> list[Row]:
        """The rows that can be equal to a value at a path; the caller compares them itself."""
        made = self._made.get((shelf, path))
        if made is None:
            made = self._made[shelf, path] = {}
            for row in all_rows():
                _into(made, path, row)
        places = dict.fromkeys((str(value), number_of(value)))
        found = [row for place in places if place is not None for row in made.get(place, ())]
        return sorted(found, key=lambda row: row.number)

    def add(self, row: Row) -> None:
        """A new row goes into the indexes of its shelf."""
        for (shelf, path), made in self._made.items():
            if shelf == row.shelf:
                _into(made, path, row)

    def forget(self, shelf: str = "") -> None:
        """Rows of a shelf have changed, or those of all."""
        kept = {place: made for place, made in self._made.items() if shelf and place[0] != shelf}
        self._made = kept


def _into(made: dict[Hashable, list[Row]], path: str, row: Row) -> None:
    """A text by itself, anything else by its number where it has one."""
    found = value_at(row.record, path)
    if found is None:
        return
    number = None if isinstance(found, str) else number_of(found)
    made.setdefault(str(found) if number is None else number, []).append(row)
