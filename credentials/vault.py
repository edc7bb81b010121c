"""The vault: what the rest of the product uses. It checks kinds and reports every access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from credentials.entry import Credential, Entry, Summary, check_name, to_credential, to_summary
from credentials.errors import Conflict
from credentials.kinds import check
from credentials.stores.protocol import Store

Action: TypeAlias = Literal["read", "written", "deleted"]


@dataclass(frozen=True, slots=True)
class Access:
    """An event for the audit log; it holds no secret."""

    action: Action
    name: str
    kind: str
    version: int
    purpose: str


class Vault:
    """Credentials of one tenant, over any store. `on_access` hears of it before secrets are out."""

    def __init__(self, store: Store, on_access: Callable[[Access], None]) -> None:
        self._store = store
        self._on_access = on_access

    def get(self, name: str, *, purpose: str) -> Credential:
        """The credential with its secrets, for a purpose that the audit log will show."""
        entry = self._store.read(check_name(name))
        self._on_access(Access("read", name, entry.kind, entry.version, purpose))
        return to_credential(entry)

    def describe(self, name: str) -> Summary:
        """What may be shown of it; no event, for no secret leaves."""
        return to_summary(self._store.read(check_name(name)))

    def names(self) -> list[str]:
        """All names, in order."""
        return self._store.names()

    def add(self, name: str, kind: str, parts: Mapping[str, str], *, purpose: str) -> int:
        """Store a new credential; `Conflict` where the name is taken. Gives its version."""
        check(kind, parts)
        return self._write(Entry(check_name(name), kind, dict(parts)), purpose)

    def replace(
        self, name: str, parts: Mapping[str, str], *, version: int, purpose: str, kind: str = ""
    ) -> int:
        """Put all parts in place of those of a version; the kind stays unless one is given."""
        stored = self._store.read(check_name(name))
        check(kind or stored.kind, parts)
        return self._write(Entry(name, kind or stored.kind, dict(parts), version), purpose)

    def change(
        self, name: str, parts: Mapping[str, str | None], *, version: int, purpose: str
    ) -> int:
        """Change some parts (None takes one away): new tokens, before they are used.

        `Conflict` where the credential is no longer at `version`: someone else has refreshed.
        """
        stored = self._store.read(check_name(name))
        if stored.version != version:
            raise Conflict(f"{name!r} is at version {stored.version}; read it again")
        merged = {**stored.parts, **parts}
        kept = {part: value for part, value in merged.items() if value is not None}
        check(stored.kind, kept)
        return self._write(Entry(name, stored.kind, kept, version), purpose)

    def delete(self, name: str, *, purpose: str) -> None:
        """Take a credential away, also one that nothing opens any more."""
        self._store.delete(check_name(name))
        self._on_access(Access("deleted", name, "", 0, purpose))

    def _write(self, entry: Entry, purpose: str) -> int:
        version = self._store.write(entry)
        self._on_access(Access("written", entry.name, entry.kind, version, purpose))
        return version
