"""A folder of this machine, or one that is mounted there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from connectors._transport.places.place import Entry, fault


class Folder:
    """A place below one folder; no link leads out of it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def entries(self, folder: str) -> list[Entry]:
        """The plain files in a folder: no folders, no links."""
        with _told(folder), os.scandir(self._at(folder)) as found:
            return list(_plain_files(found))

    def find(self, path: str) -> Entry | None:
        """One file, if it is there."""
        at = self._at(path)
        with _told(path):
            try:
                found = at.lstat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return _entry(at.name, found) if stat.S_ISREG(found.st_mode) else None

    def read(self, path: str, most: int) -> bytes:
        """A whole file, unless it is larger."""
        with _told(path), self._at(path).open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise fault("too_large", path, f"at most {most} bytes are read")
        return data

    def write(self, path: str, data: bytes) -> None:
        """A whole file, over what is there; on the disk when this returns."""
        with _told(path), self._at(path).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def move(self, path: str, to: str) -> None:
        """Another name for a file, at once or not at all, and never over another file."""
        old, new = self._at(path), self._at(to)
        with _told(path):
            try:
                os.link(old, new, follow_symlinks=False)
            except FileExistsError:
                raise fault("there", to) from None
            except (PermissionError, NotImplementedError) as error:
                self._renamed(old, new, to, error)  # a file system without hard links
            else:
                old.unlink()
            _settle(new.parent)

    def _renamed(self, old: Path, new: Path, to: str, why: Exception) -> None:
        if new.exists() or new.is_symlink():
            raise fault("there", to)
        if not os.access(new.parent, os.W_OK):
            raise why
        old.rename(new)

    def remove(self, path: str) -> None:
        """Take a file away."""
        with _told(path):
            self._at(path).unlink()

    def make_folder(self, path: str) -> None:
        """Make a folder, if it is not there."""
        with _told(path):
            self._at(path).mkdir(parents=True, exist_ok=True)

    @property
    def alive(self) -> bool:
        """Always: nothing is held open."""
        return True

    def close(self) -> None:
        """Nothing is held open."""

    def _at(self, path: str) -> Path:
        found = self._root / path
        if not found.resolve().is_relative_to(self._root):
            raise fault("denied", path, "it leads out of the folder")
        return found


def _plain_files(found: Iterator[os.DirEntry[str]]) -> Iterator[Entry]:
    for each in found:
        with suppress(FileNotFoundError):
            if each.is_file(follow_symlinks=False):
                yield _entry(each.name, each.stat(follow_symlinks=False))


def _entry(name: str, found: os.stat_result) -> Entry:
    return Entry(name, found.st_size, int(found.st_mtime))


def _settle(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise fault("gone", path) from None
    except PermissionError:
        raise fault("denied", path) from None
    except OSError as error:
        raise fault("failed", path, error.strerror or type(error).__name__) from error
