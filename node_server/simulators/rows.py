"""The records that a simulator holds, with what it remembers about each."""

from __future__ import annotations

import re
import threading
import uuid
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from node_server.simulators.clock import Clock, written
from node_server.simulators.described import Shelf, Target
from node_server.simulators.indexes import Indexes
from node_server.simulators.journal import Journal
from node_server.simulators.places import at, put, put_steps, steps_of

_DIGITS = re.compile(r"\d+(?=\D*$)")


@dataclass
class Row:
    """One record. `key` is the idempotency key it came with, `business` what must be unique."""

    shelf: str
    id: str
    number: int
    record: dict[str, Any]
    version: int = 0
    key: str = ""
    business: str = ""
    done: list[str] = field(default_factory=list)
    """Actions that it went through: post, void."""
    files: list[dict[str, Any]] = field(default_factory=list)


class Rows:
    """All rows of a system. Its lock is the system's: whoever changes anything holds it."""

    def __init__(self, target: Target, clock: Clock, journal: Journal) -> None:
        self.lock = threading.RLock()
        self._target, self._clock, self._journal = target, clock, journal
        self._rows: dict[str, dict[str, Row]] = {}
        self._business: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, int] = {}
        self._indexes = Indexes()

    def load(self, value: dict[str, Any]) -> None:
        """A row as the journal kept it."""
        row = Row(**value)
        self._hold(row)
        self._numbers[row.shelf] = max(self._numbers.get(row.shelf, 0), row.number)

    def clear(self) -> None:
        """Forget all."""
        with self.lock:
            self._rows, self._business, self._numbers = {}, {}, {}
            self._indexes.forget()

    def all(self, shelf: Shelf) -> list[Row]:
        """The rows of a shelf in the order in which they came."""
        return list(self._rows.get(shelf.name, {}).values())

    def alike(self, shelf: Shelf, path: str, value: Any) -> list[Row]:
        """The rows that may have this value at this path, and few others."""
        if value is None or isinstance(value, bool):
            return self.all(shelf)
        return self._indexes.find(shelf.name, path, value, lambda: self.all(shelf))

    def find(self, shelf: Shelf, row_id: str) -> Row | None:
        """The row of an id, or of the id by which other records refer to it (an account's code)."""
        rows = self._rows.get(shelf.name, {})
        if row_id in rows:
            return rows[row_id]
        path = steps_of(str(shelf.of("master").get("id", "")))
        named = (row for row in rows.values() if path and str(at(row.record, path)) == row_id)
        return next(named, None)

    def of_business(self, shelf: Shelf, business: str) -> Row | None:
        """The row that holds a value that must be unique."""
        found = self._business.get((shelf.name, business), "")
        return self._rows.get(shelf.name, {}).get(found)

    def add(
        self, shelf: Shelf, record: dict[str, Any], *, key: str = "", business: str = ""
    ) -> Row:
        """A new row: its id, version, numbers and times are put where the manifest says."""
        number = self._numbers.get(shelf.name, 0) + 1
        self._numbers[shelf.name] = number
        create = shelf.of("create")
        record = deepcopy(record)
        given = at(record, shelf.id_steps)
        row_id = given if given not in (None, "") else new_id(self._target, shelf, number)
        put_steps(record, shelf.id_steps, row_id)
        for path, example in create.get("assigns", {}).items():
            if at(record, steps_of(path)) in (None, ""):
                put(record, path, counted(example, number))
        row = Row(shelf.name, str(row_id), number, record, key=key, business=business)
        self._stamp(shelf, row)
        return row

    def change(self, shelf: Shelf, row: Row, record: dict[str, Any]) -> None:
        """Lay fields over a row's and count its version."""
        row.record.update(deepcopy(record))
        row.version += 1
        self._stamp(shelf, row)

    def keep(self, rows: list[Row], more: list[tuple[str, str, Any]] | None = None) -> None:
        """The commit: what is in here is not lost again; `more` goes into the same transaction."""
        kept = [("row", f"{row.shelf}/{row.id}", vars(row)) for row in rows]
        self._journal.put(self._target.name, kept + (more or []))
        for row in rows:
            self._hold(row)

    def _hold(self, row: Row) -> None:
        held = self._rows.setdefault(row.shelf, {})
        if row.id in held:
            self._indexes.forget(row.shelf)
        else:
            self._indexes.add(row)
        held[row.id] = row
        if row.business:
            self._business[row.shelf, row.business] = row.id

    def _stamp(self, shelf: Shelf, row: Row) -> None:
        if shelf.stamp:
            put(row.record, shelf.stamp, written(self._clock.now(), shelf.stamp_form))
        version = version_path(shelf)
        if version and version != shelf.stamp:
            put(row.record, version, version_of(version, row.version))


def version_path(shelf: Shelf) -> str:
    """Where a row carries its version: below what holds its id in the answer to a create."""
    create = shelf.of("create")
    holder = str(create.get("id", "")).rpartition(".")[0]
    path = str(create.get("version", ""))
    return path.removeprefix(f"{holder}.") if holder else path


def version_of(path: str, version: int) -> str:
    """SyncToken counts; an ETag is a quoted text."""
    return f'W/"{version}"' if "etag" in path.lower() else str(version)


def new_id(target: Target, shelf: Shelf, number: int) -> str | int:
    """The next id in the manner of the manifest's example; a UUID where it has none."""
    example = shelf.of("create").get("id_example", "")
    if example == "" or _is_uuid(example):
        space = uuid.uuid5(uuid.NAMESPACE_URL, f"{target.name}/{shelf.name}")
        return str(uuid.uuid5(space, str(number)))
    return counted(example, number)


def counted(example: str | int, number: int) -> str | int:
    """An example counted up: `ACC-PINV-2026-00001` and 1 give `ACC-PINV-2026-00002`."""
    if isinstance(example, int):
        return example + number
    return _DIGITS.sub(
        lambda found: str(int(found[0]) + number).zfill(len(found[0])), example, count=1
    )


def _is_uuid(text: object) -> bool:
    try:
        uuid.UUID(str(text))
    except ValueError:
        return False
    return True
