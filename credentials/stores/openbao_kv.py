"""In the KV engine (version 2) of OpenBao or HashiCorp Vault, which seals by itself.

Its check-and-set keeps our promise that nothing is written over unseen.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from credentials.entry import Entry
from credentials.errors import Conflict, NotFound, StoreUnavailable, Unreadable
from credentials.openbao import OpenBao, part_of
from credentials.stores.protocol import parts_of

_OK = (200, 204)
_ABSENT = 404
_REFUSED = 400


class OpenBaoStore:
    """The credentials below one path."""

    def __init__(self, bao: OpenBao, *, mount: str = "secret", path: str = "counterfoil") -> None:
        self._bao = bao
        self._mount = mount
        self._path = path.strip("/")

    def read(self, name: str) -> Entry:
        """The entry of a name."""
        status, answer = self._bao.ask("GET", self._address("data", name))
        if status == _ABSENT:
            raise NotFound(f"no credential {name[:40]!r}; store it first")
        _expect(status, "read")
        data = part_of(answer, "data", "data")
        version = part_of(answer, "data", "metadata").get("version")
        kind, parts = data.get("kind"), data.get("parts")
        if not isinstance(kind, str) or not isinstance(version, int):
            raise Unreadable(f"{name!r} is not a credential of ours; delete it to start anew")
        return Entry(name, kind, parts_of(parts, name), version)

    def write(self, entry: Entry) -> int:
        """Store it over the version that it states."""
        if entry.version:
            self.read(entry.name)  # what cannot be read is not written over
        body = {
            "options": {"cas": entry.version},
            "data": {"kind": entry.kind, "parts": dict(entry.parts)},
        }
        status, answer = self._bao.ask("POST", self._address("data", entry.name), body)
        if status == _REFUSED and "check-and-set" in str(answer):
            raise Conflict(f"{entry.name!r} is not at version {entry.version}; read it again")
        _expect(status, "write")
        version: int = part_of(answer, "data")["version"]
        return version

    def delete(self, name: str) -> None:
        """Take it away with all its versions."""
        if self._bao.ask("GET", self._address("metadata", name))[0] == _ABSENT:
            raise NotFound(f"no credential {name[:40]!r}")
        _expect(self._bao.ask("DELETE", self._address("metadata", name))[0], "delete")

    def names(self) -> list[str]:
        """All names, in order."""
        address = f"/v1/{self._mount}/metadata/{self._path}?list=true"
        status, answer = self._bao.ask("GET", address)
        if status == _ABSENT:
            return []
        _expect(status, "list")
        found: list[Any] = part_of(answer, "data").get("keys", [])
        return sorted(str(name) for name in found if not str(name).endswith("/"))

    def _address(self, what: str, name: str) -> str:
        return f"/v1/{self._mount}/{what}/{self._path}/{quote(name, safe='')}"


def _expect(status: int, what: str) -> None:
    if status not in _OK:
        raise StoreUnavailable(f"OpenBao answers {status} to a {what}; check mount and path")
