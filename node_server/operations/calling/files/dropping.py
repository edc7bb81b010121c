"""Dropping a file whole or not at all, and finding out whether it was dropped.

It is written under another name and then renamed. Whatever fails before the renaming has not
happened for the other side: what lies under the other name is no file to it. Once the renaming is
asked for and no answer came, only looking tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors._transport import TransportFailed
from connectors._transport.places import Entry, Place, joined
from node_server.operations.calling.files.exchange import Exchange

_READABLE = 1 << 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as it is to be there."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """What of its name stays when somebody archives it under a longer one."""
        return self.name.rpartition(".")[0] or self.name


def drop(place: Place, exchange: Exchange, path: str, data: bytes) -> tuple[int, dict[str, Any]]:
    """Put it there, unless it is there; a status and what to say."""
    wanted = Wanted(path, len(data), hashlib.sha256(data).hexdigest())
    found = _found(place, exchange, wanted)
    if found is None:
        temporary = exchange.temporary(path)
        place.write(temporary, data)
        try:
            _renamed(place, temporary, path)
        except TransportFailed as error:
            if error.code != "there":
                raise
            found = _found(place, exchange, wanted)
    if found is not None and found["sha256"] != wanted.sha256:
        return 409, {"message": f"another file is there under the name {wanted.name}"}
    return (200, found) if found is not None else (201, _said(path, wanted))


def _renamed(place: Place, temporary: str, path: str) -> None:
    try:
        place.move(temporary, path)
    except TransportFailed as error:
        if error.code != "closed":
            raise
        message = "the connection was lost while the file got its name"
        raise TransportFailed("closed", message, outcome="uncertain") from error


def look(place: Place, exchange: Exchange, wanted: Wanted) -> tuple[int, dict[str, Any]]:
    """Whether it is there, under its name or where the other side keeps what it has taken.

    404 where it certainly never got its name; 410 where somebody may have taken it since.
    """
    found = _found(place, exchange, wanted)
    if found is not None:
        return 200, found
    if exchange.taken or place.find(exchange.temporary(wanted.path)) is not None:
        return 404, {"message": f"{wanted.name} is not there"}
    message = f"{wanted.name} is not there; whether the other side has taken it cannot be told"
    return 410, {"message": message}


def _found(place: Place, exchange: Exchange, wanted: Wanted) -> dict[str, Any] | None:
    """What lies under its name, else what looks like it in the folders of what was taken."""
    there = place.find(wanted.path)
    if there is not None:
        return {**_said(wanted.path, wanted), "sha256": _hash(place, wanted.path, there, wanted)}
    for path, entry in _archived(place, exchange, wanted):
        if _hash(place, path, entry, wanted) == wanted.sha256:
            return _said(path, wanted)
    return None


def _archived(place: Place, exchange: Exchange, wanted: Wanted) -> Iterator[tuple[str, Entry]]:
    for folder in exchange.taken:
        for entry in place.entries(folder):
            if wanted.stem in entry.name and entry.size == wanted.size:
                yield joined(folder, entry.name), entry


def _hash(place: Place, path: str, there: Entry, wanted: Wanted) -> str:
    """Its hash. Many may write into a folder who may not read there: then the size must do."""
    if there.size != wanted.size:
        return "another size"
    try:
        return hashlib.sha256(place.read(path, min(_READABLE, wanted.size))).hexdigest()
    except TransportFailed as error:
        if error.code != "denied":
            raise
        return wanted.sha256


def _said(path: str, wanted: Wanted) -> dict[str, Any]:
    return {"path": path, "size": wanted.size, "sha256": wanted.sha256}
