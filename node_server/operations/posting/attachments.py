"""Which files belong to a document's record in the target: what it was read from, and who approved.

Each is known by its bytes, and has a name with a part of their hash: the same file has the same
name for ever, and two files of one record never share one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection

from canonical_model.documents import kind_of
from canonical_model.envelope import Record, Source
from node_server.operations.posting.evidence import MIME, evidence_of
from node_server.store import clock, traces

Attach: TypeAlias = Literal["none", "source", "evidence", "both"]
CHOICES: Final = ("none", "source", "evidence", "both")

_MOST: Final = 10
_DIGITS: Final = 8
_LONGEST_STEM: Final = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SUFFIXES: Final = {
    "application/pdf": ".pdf", "application/xml": ".xml", "application/json": ".json",
    "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt",
}  # fmt: skip
_SIGNS: Final = (
    (b"%PDF", "application/pdf"), (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"<", "application/xml"), (b"\xef\xbb\xbf<", "application/xml"),
    (b"{", "application/json"), (b"[", "application/json"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """One file that is attached."""

    sha256: str
    name: str
    mime: str
    data: bytes


def files_of(
    connection: Connection, tenant: str, record: Record, connection_id: str, wanted: Attach
) -> list[str]:
    """The hashes of the files to attach; evidence is written down where it is not yet."""
    found: list[str] = []
    if wanted in ("source", "both"):
        found += _sources(connection, tenant, record, connection_id)
    if wanted in ("evidence", "both"):
        found += _evidence(connection, tenant, record)
    return found


def file_of(connection: Connection, tenant: str, record: Record, sha256: str) -> File | None:
    """A file by its hash, if it is still kept."""
    raw = traces.raw(connection, tenant, sha256)
    if raw is None:
        return None
    data = bytes(raw["body"])
    mime = _mime(raw["mime"], data)
    return File(sha256, _name(record, raw, mime), mime, data)


def _sources(
    connection: Connection, tenant: str, record: Record, connection_id: str
) -> Iterator[str]:
    """What it was read from, oldest first; not what the target itself said of it."""
    delivered = [source for source in _all(record) if source.connection != connection_id]
    wanted = (each.raw_sha256 for each in delivered if each.system != "canonical")
    for sha256 in list(dict.fromkeys(each for each in wanted if each))[:_MOST]:
        if traces.raw(connection, tenant, sha256) is not None:
            yield sha256


def _all(record: Record) -> list[Source]:
    first = [record.source] if record.source else []
    return [*first, *record.sources]


def _evidence(connection: Connection, tenant: str, record: Record) -> Iterator[str]:
    data = evidence_of(connection, tenant, record)
    if data is None:
        return
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"approval-{getattr(record.document, 'number', None) or record.id}.txt"
    traces.keep_raw(connection, tenant, sha256, data, mime=MIME, filename=name, at=clock.stamp())
    yield sha256


def _mime(stated: str | None, data: bytes) -> str:
    """The type that it has; callers often state none, or one for anything."""
    plain = (stated or "").partition(";")[0].strip().lower()
    if plain in _SUFFIXES:
        return plain
    start = data[:200].lstrip()
    found = next((mime for sign, mime in _SIGNS if start.startswith(sign)), None)
    return found or plain or "application/octet-stream"


def _name(record: Record, raw: Mapping[str, Any], mime: str) -> str:
    number = getattr(record.document, "number", None)
    path = PurePath((raw["filename"] or "").replace("\\", "/"))
    stem = path.stem or f"{kind_of(record.document)}-{number or 'source'}"
    suffix = _SUFFIXES.get(mime) or _UNSAFE.sub("", path.suffix)[:10] or ".bin"
    safe = _UNSAFE.sub("-", stem).strip("-.")[:_LONGEST_STEM] or "source"
    return f"{safe}-{raw['sha256'][:_DIGITS]}{suffix}"
