"""What every place of exchange can do, and how it says that it cannot.

Faults are `TransportFailed` with one of these codes: `gone` (no such file or folder), `there` (a
file of that name is there), `denied`, `too_large`, `failed` (the other side said no), and `closed`
(the connection is lost). Only the last leaves open whether what was asked for was done.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from connectors._transport.errors import TransportFailed

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as it is listed."""

    name: str
    size: int
    modified: int
    """Seconds of the other side's clock."""


class Place(Protocol):
    """Folders with files; paths are relative to where the exchange begins."""

    def entries(self, folder: str) -> list[Entry]:
        """The plain files in a folder: no folders, no links."""

    def find(self, path: str) -> Entry | None:
        """One file, if it is there."""

    def read(self, path: str, most: int) -> bytes:
        """A whole file, unless it is larger."""

    def write(self, path: str, data: bytes) -> None:
        """A whole file, over what is there."""

    def move(self, path: str, to: str) -> None:
        """Another name for a file, at once or not at all, and never over another file."""

    def remove(self, path: str) -> None:
        """Take a file away."""

    def make_folder(self, path: str) -> None:
        """Make a folder, if it is not there."""

    @property
    def alive(self) -> bool:
        """Whether it can be used still."""

    def close(self) -> None:
        """Give everything back."""


def fault(code: str, path: str, why: str = "") -> TransportFailed:
    """A fault of one file; nothing was changed."""
    words = {
        "gone": f"{path[-80:]!r} is not there",
        "there": f"{path[-80:]!r} is there already",
        "denied": f"permission denied for {path[-80:]!r}",
        "too_large": f"{path[-80:]!r} is too large",
        "closed": "the connection to the file server was lost",
    }
    message = words.get(code, f"{path[-80:]!r} failed") + (f"; {why}" if why else "")
    return TransportFailed(code, message, outcome="not_applied")


def is_plain(name: str) -> bool:
    """Whether a name is of a file in its folder and nowhere else, and can be shown to people."""
    if not name or len(name) > _LONGEST_NAME or name in (".", ".."):
        return False
    return not any(sign in "/\\" or unicodedata.category(sign)[0] == "C" for sign in name)


def joined(*parts: str) -> str:
    """A path of several parts, empty ones left out."""
    return "/".join(part.rstrip("/") or "/" for part in parts if part).replace("//", "/")
