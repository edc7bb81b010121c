"""The master keys under which secrets are sealed: from the settings, or from the data folder."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from credentials import (
    KeyRing,
    LocalKey,
    MasterKey,
    MasterKeyError,
    TransitKey,
    Unreadable,
    new_master_key,
    ring_of,
)
from node_server.config import Settings
from node_server.operations.openbao import open_bao

_T = TypeVar("_T")

FILE = "master.key"
_KEY = 32


class Keys:
    """The ring as it is now: a rotation may change the file at any time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stated = list(_stated(settings))
        self.path = Path(settings.data) / FILE
        if not self._stated:
            _make(self.path)
        self._seen: tuple[int, int] | None = None
        self._ring = self.ring

    @property
    def ring(self) -> KeyRing:
        """The keys that are stated, the first of which seals, and then those of the file."""
        found = _look(self.path)
        if found != self._seen or self._seen is None:
            kept = [] if found is None else list(_kept(self.path))
            known = {key.id for key in self._stated}
            self._ring = KeyRing([*self._stated, *(k for k in kept if k.id not in known)])
            self._seen = found or (0, 0)
        return self._ring

    def used(self, work: Callable[[KeyRing], _T]) -> _T:
        """Work with the ring, and once more where a rotation came between."""
        ring = self.ring
        try:
            return work(ring)
        except Unreadable:
            if self.ring is ring:
                raise
            return work(self.ring)

    @property
    def are_ours(self) -> bool:
        """Whether the sealing key lies in the data folder, where a rotation can make a new one."""
        return not self._stated

    def add(self, key_id: str) -> None:
        """Put a new key in front of the file's: it seals from now on."""
        lines = [new_master_key(key_id), *(_written(k) for k in _texts(self.path))]
        _replace(self.path, lines)

    def keep_only(self, wanted: set[str]) -> list[str]:
        """Leave out of the file the keys that nothing needs; their ids."""
        texts = [_written(each) for each in _texts(self.path)]
        current, *older = texts
        kept = [text for text in older if text.partition(":")[0] in wanted]
        _replace(self.path, [current, *kept])
        return [text.partition(":")[0] for text in older if text not in kept]


def _stated(settings: Settings) -> Iterator[MasterKey]:
    if settings.master_key_transit:
        yield TransitKey(open_bao(settings), settings.master_key_transit)
    if settings.master_key:
        yield from _read(settings.master_key)


def _read(text: str) -> Iterator[MasterKey]:
    """`id:key`, several of them divided by commas, or any other text: then its hash is the key."""
    try:
        yield from ring_of(text).keys
    except MasterKeyError:
        if "," in text or ":" in text:
            raise
        yield _named(hashlib.sha256(b"counterfoil/seal/1:" + text.encode()).digest())


def _kept(path: Path) -> Iterator[MasterKey]:
    for text in _texts(path):
        yield from ring_of(_written(text)).keys


def _texts(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyError(f"{path.name} cannot be read; check it") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _written(text: str) -> str:
    """A line as `id:key`; the file of an earlier version holds the key alone."""
    if ":" in text:
        return text
    try:
        key = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MasterKeyError(f"{FILE} holds something else than keys; restore it") from error
    return f"{_named(key).id}:{text}"


def _named(key: bytes) -> LocalKey:
    return LocalKey("k-" + hashlib.sha256(b"counterfoil/id:" + key).hexdigest()[:10], key)


def _look(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _make(path: Path) -> None:
    """The key file, made whole at the first start, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    _write(part, [base64.b64encode(os.urandom(_KEY)).decode("ascii")])
    try:
        os.link(part, path)  # fails where another process was quicker: its key counts
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _replace(path: Path, lines: list[str]) -> None:
    """All or nothing: without this file nothing could be opened."""
    part = path.with_name(path.name + ".new")
    _write(part, lines)
    part.replace(path)


def _write(path: Path, lines: list[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
