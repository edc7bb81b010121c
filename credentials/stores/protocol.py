"""What every store can do, and how sealed ones write an entry down."""

from __future__ import annotations

import json
from typing import Protocol

from credentials.entry import Entry
from credentials.errors import Conflict, Unreadable
from credentials.sealing.envelope import KeyRing


class Store(Protocol):
    """Credentials of one tenant."""

    def read(self, name: str) -> Entry:
        """The entry; `NotFound`, `Unreadable` or `StoreUnavailable`."""

    def write(self, entry: Entry) -> int:
        """Store it over the version that it states (0: it is new) and give the version it now has.

        `Conflict` where another version is there, `Unreadable` where that cannot be opened.
        """

    def delete(self, name: str) -> None:
        """Take it away, readable or not; `NotFound` where there is none."""

    def names(self) -> list[str]:
        """All names, in order."""


def check_version(entry: Entry, stored: int) -> None:
    """Refuse to write over what the caller has not seen."""
    if entry.version != stored:
        found = f"{entry.name!r} is at version {stored}, not {entry.version}"
        raise Conflict(f"{found}; read it again")


def seal_entry(ring: KeyRing, tenant: str, entry: Entry) -> str:
    """The parts, sealed for this place."""
    plain = json.dumps(dict(entry.parts), sort_keys=True).encode("utf-8")
    return ring.seal(plain, _context(tenant, entry.name, entry.kind))


def open_entry(
    ring: KeyRing, tenant: str, name: str, *, kind: str, sealed: str, version: int
) -> Entry:
    """The entry again."""
    plain = ring.open(sealed, _context(tenant, name, kind))
    return Entry(name, kind, parts_of(json.loads(plain), name), version)


def parts_of(value: object, name: str) -> dict[str, str]:
    """Parts as they were stored; `Unreadable` where it is something else."""
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return value
    raise Unreadable(f"{name!r} is not a credential of ours; delete it to start anew")


def _context(tenant: str, name: str, kind: str) -> bytes:
    """Unambiguous, whatever the three contain."""
    return json.dumps([tenant, name, kind]).encode("utf-8")
