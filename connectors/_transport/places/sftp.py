"""An SFTP server. Its key is known before a name or a secret is told to it.

SFTP has no codes of its own for most faults, and the client says a lost connection in many ways:
whether the session lives still tells them apart.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from connectors._transport.errors import TransportFailed
from connectors._transport.places.place import Entry, fault
from connectors._transport.places.ssh import Login, Where, open_session
from connectors._transport.policy import Policy

_CODES = {errno.ENOENT: "gone", errno.EACCES: "denied", errno.EEXIST: "there"}


@dataclass
class Sftp:
    """A session with one server."""

    session: Any
    root: str
    host_key: str
    """The fingerprint of the server's key."""
    _client: Any = field(init=False)

    def __post_init__(self) -> None:
        import paramiko  # late: an extra, and slow to load

        with self._told(""):
            self._client = paramiko.SFTPClient.from_transport(self.session)
            self._client.get_channel().settimeout(60)

    def entries(self, folder: str) -> list[Entry]:
        """The plain files in a folder: no folders, no links."""
        with self._told(folder):
            found = self._client.listdir_attr(self._at(folder) or ".")
        return [_entry(each.filename, each) for each in found if _is_file(each)]

    def find(self, path: str) -> Entry | None:
        """One file, if it is there."""
        try:
            with self._told(path):
                found = self._client.lstat(self._at(path))
        except TransportFailed as error:
            if error.code == "gone":
                return None
            raise
        return _entry(path.rpartition("/")[2], found) if _is_file(found) else None

    def read(self, path: str, most: int) -> bytes:
        """A whole file, unless it is larger."""
        with self._told(path), self._client.open(self._at(path), "rb") as file:
            size = file.stat().st_size or 0
            if size > most:
                raise fault("too_large", path, f"at most {most} bytes are read")
            file.prefetch(size)
            data: bytes = file.read(most + 1)
        if len(data) > most:
            raise fault("too_large", path, f"at most {most} bytes are read")
        return data

    def write(self, path: str, data: bytes) -> None:
        """A whole file, over what is there; its size there is compared."""
        with self._told(path):
            written = self._client.putfo(BytesIO(data), self._at(path), len(data), confirm=False)
        there = self.find(path) if written is not None else None
        if there is None or there.size != len(data):
            raise fault("failed", path, "it is not there as it was written")

    def move(self, path: str, to: str) -> None:
        """Another name for a file; SFTP renames at once, and not over another file."""
        try:
            with self._told(path):
                self._client.rename(self._at(path), self._at(to))
        except TransportFailed as error:
            # Version 3 of the protocol, the one in use, has one word for all of these: failure.
            if error.code == "failed" and self.find(to) is not None:
                raise fault("there", to) from None
            raise

    def remove(self, path: str) -> None:
        """Take a file away."""
        with self._told(path):
            self._client.remove(self._at(path))

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it, where they are not there."""
        above = ""
        for part in path.split("/"):
            above = f"{above}/{part}" if above or not part else part
            if above.strip("/"):
                self._made(above)

    def _made(self, path: str) -> None:
        try:
            with self._told(path):
                self._client.mkdir(self._at(path))
        except TransportFailed as error:
            if error.code not in ("failed", "there") or not self._is_folder(path):
                raise

    def _is_folder(self, path: str) -> bool:
        with suppress(TransportFailed), self._told(path):
            return stat.S_ISDIR(self._client.stat(self._at(path)).st_mode or 0)
        return False

    @property
    def alive(self) -> bool:
        """Whether the session stands."""
        return bool(self.session.is_active())

    def close(self) -> None:
        """End the session."""
        with suppress(Exception):
            self.session.close()

    def _at(self, path: str) -> str:
        if path.startswith("/") or not self.root:
            return path
        return f"{self.root.rstrip('/')}/{path}".rstrip("/") or "/"

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except TransportFailed:
            raise
        except Exception as error:
            raise self._fault(error, path) from error

    def _fault(self, error: Exception, path: str) -> TransportFailed:
        code = _CODES.get(getattr(error, "errno", None) or 0)
        if code is not None:
            return fault(code, path)
        if isinstance(error, OSError) and not isinstance(error, TimeoutError) and self.alive:
            return fault("failed", path, str(error)[:80])
        self.close()
        return fault("closed", path)


def _is_file(found: Any) -> bool:
    # A server that does not say what an entry is means a file.
    return found.st_mode is None or stat.S_ISREG(found.st_mode)


def _entry(name: str, found: Any) -> Entry:
    return Entry(name, int(found.st_size or 0), int(found.st_mtime or 0))


def open_sftp(where: Where, login: Login, policy: Policy) -> Sftp:
    """A session, logged in, with a server whose key is one of those that are known."""
    session, host_key = open_session(where, login, policy)
    try:
        return Sftp(session, where.root, host_key)
    except BaseException:
        session.close()
        raise
