"""Payloads that come packed: each member of an archive by itself, anything else as it is."""

from __future__ import annotations

import io
from collections.abc import Iterator

from connectors._codecs import archive

_HEAD = 4096


def unpack(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each payload; `CodecError` for an archive that cannot be read."""
    if not archive.claims(data[:_HEAD]):
        yield name, data
        return
    for member in archive.iter_units(io.BytesIO(data), name=name):
        yield f"{name}/{member.name}", member.data
