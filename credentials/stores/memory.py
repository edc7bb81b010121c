"""In memory, sealed all the same: for tests and for trying things out."""

from __future__ import annotations

import threading

from credentials.entry import Entry
from credentials.errors import NotFound
from credentials.sealing.envelope import KeyRing
from credentials.stores.protocol import check_version, open_entry, seal_entry


class MemoryStore:
    """Gone when the process ends."""

    def __init__(self, ring: KeyRing, tenant: str = "default") -> None:
        self._ring = ring
        self._tenant = tenant
        self._rows: dict[str, tuple[str, str, int]] = {}
        self._lock = threading.Lock()

    def read(self, name: str) -> Entry:
        """The entry of a name."""
        if name not in self._rows:
            raise NotFound(f"no credential {name[:40]!r}; store it first")
        kind, sealed, version = self._rows[name]
        return open_entry(self._ring, self._tenant, name, kind=kind, sealed=sealed, version=version)

    def write(self, entry: Entry) -> int:
        """Store it over the version that it states."""
        with self._lock:
            stored = self.read(entry.name).version if entry.name in self._rows else 0
            check_version(entry, stored)
            sealed = seal_entry(self._ring, self._tenant, entry)
            self._rows[entry.name] = (entry.kind, sealed, stored + 1)
            return stored + 1

    def delete(self, name: str) -> None:
        """Take it away."""
        if self._rows.pop(name, None) is None:
            raise NotFound(f"no credential {name[:40]!r}")

    def names(self) -> list[str]:
        """All names, in order."""
        return sorted(self._rows)
