"""What is known of the built-in connectors before any map is read: learnt, and checked for age.

For each connector whose maps have no problems: what its read maps recognise, with the paths that
must be there, and a digest of the files it was made of. A connector whose files say otherwise is
read and checked in full, so that a stale file costs time and nothing else.

`connectors._engine.learning` writes it.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from connectors._engine.sight_index import Spot

FILE = Path(__file__).parent / "known.json"


class Look(msgspec.Struct, array_like=True):
    """One look of a read map, and of each of its conditions the spots of which one is there."""

    resource: str
    codec: str
    spec: dict[str, Any]
    conditions: list[list[Spot]]


class Known(msgspec.Struct, omit_defaults=True):
    """One connector as it was when its maps were last found without problems."""

    digest: str
    looks: list[Look] = []


def digest_of(folder: Path) -> str:
    """A digest of a connector's manifest and maps: names and bytes."""
    found = blake2b(digest_size=16)
    for path in (folder / "manifest.yaml", *sorted(folder.glob("maps/*.yaml"))):
        data = path.read_bytes()
        found.update(f"{path.name}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()


@cache
def all_known() -> dict[str, Known]:
    """All that is known, by connector."""
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, Known]) if FILE.exists() else {}


def known_of(name: str, folder: Path) -> Known | None:
    """What is known of a connector, if its files are still those it was learnt from."""
    found = all_known().get(name)
    try:
        return found if found and found.digest == digest_of(folder) else None
    except OSError:
        return None
