"""Containers: zip, gzip, tar and tar.gz, nested a few deep; any other file is its own member.

Unit: `Member(name, data)` for each file, in the order of the archive. `iter_members` gives an
`Entry(name, stream)` instead, good until the next is asked for. Names are labels
(`statements.zip/january.xml` for a nested one) and are never used as paths. Folders, links and
what desktops leave behind (`__MACOSX`, `.DS_Store`, `Thumbs.db`) are skipped. Office files,
which are zips too, are passed through whole.

`limits.max_bytes` holds for all members together, unpacked.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from connectors._codecs.archive import zip as archive_zip
from connectors._codecs.archive.caps import Caps, Counted, Unpacked
from connectors._codecs.archive.tar import BLOCK, is_tar, tar_files
from connectors._codecs.limits import DEFAULT, Decoded, Limits
from connectors._codecs.stream_head import look_at_head
from connectors.errors import CodecError

FORMAT = "archive"

MAX_NESTING = 4
"""Containers inside containers; a tar.gz is two."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b"
_FOREIGN = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_NAME = 200
_GZIP_END, _TGZ_END = re.compile(r"\.gz$", re.IGNORECASE), re.compile(r"\.tgz$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """One file and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One file and a stream of its bytes."""

    name: str
    stream: BinaryIO


def claims(head: bytes) -> bool:
    """Whether this starts as a container does, readable or not."""
    return head.startswith((*_ZIP, _GZIP, *_FOREIGN)) or is_tar(head)


def decode(data: bytes, limits: Limits = DEFAULT, *, name: str = "") -> Decoded:
    """All members with their bytes."""
    if len(data) > limits.max_bytes:
        raise CodecError("too_large", f"more than {limits.max_bytes} bytes; raise the limit")
    return Decoded([*iter_units(io.BytesIO(data), limits, name=name)], "binary")


def iter_units(stream: BinaryIO, limits: Limits = DEFAULT, *, name: str = "") -> Iterator[Member]:
    """Members with their bytes, one at a time."""
    for entry in iter_members(stream, limits, name=name):
        yield Member(entry.name, entry.stream.read())


def iter_members(stream: BinaryIO, limits: Limits = DEFAULT, *, name: str = "") -> Iterator[Entry]:
    """Members with their streams; `name` is the file's own, for a label."""
    empty = True
    for entry in _entries(stream, name, Caps(limits), 0):
        empty = False
        yield entry
    if empty:
        raise CodecError("empty_archive", "no file in the archive; put the documents into it")


def _entries(stream: BinaryIO, name: str, caps: Caps, depth: int) -> Iterator[Entry]:
    """The files of a container, or the file itself if it is none."""
    head, whole = look_at_head(stream, BLOCK)
    if depth >= MAX_NESTING and (head.startswith((*_ZIP, _GZIP)) or is_tar(head)):
        found = f"archives nested deeper than {MAX_NESTING}"
        raise CodecError("too_deep", f"{found}; unpack the outer ones")
    if head.startswith(_ZIP):
        yield from _zip_entries(whole, name, caps, depth)
    elif head.startswith(_GZIP):
        yield from _gzip_entries(whole, name, caps, depth)
    elif is_tar(head):
        yield from _inner(tar_files(whole), name, caps, depth)
    else:
        _refuse_foreign(head)
        yield Entry(name, whole)


def _zip_entries(stream: BinaryIO, name: str, caps: Caps, depth: int) -> Iterator[Entry]:
    source = stream if stream.seekable() else _whole(stream, caps)
    archive = archive_zip.open_zip(source)
    if archive_zip.is_office_file(archive):
        source.seek(0)
        yield Entry(name, source)
        return
    files = (
        (
            info.filename,
            _paid(archive_zip.open_file(archive, info), "zip", caps, info.compress_size),
        )
        for info in archive_zip.files(archive)
    )
    yield from _inner(files, name, caps, depth)


def _gzip_entries(stream: BinaryIO, name: str, caps: Caps, depth: int) -> Iterator[Entry]:
    packed = Counted(stream)
    unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, packed), mode="rb"))
    stem = _GZIP_END.sub("", _TGZ_END.sub(".tar", name))
    yield from _entries(_paid(unpacked, "gzip", caps, packed), stem, caps, depth + 1)


def _inner(
    files: Iterator[tuple[str, BinaryIO]], outer: str, caps: Caps, depth: int
) -> Iterator[Entry]:
    """The entries of the files of a container."""
    before = f"{outer}/" if depth and outer else ""
    for name, stream in files:
        label = _UNPRINTABLE.sub("?", name.replace("\\", "/"))
        if _JUNK.search(label):
            continue
        caps.count_member()
        yield from _entries(stream, (before + label)[-_LONGEST_NAME:], caps, depth + 1)


def _paid(source: BinaryIO, kind: str, caps: Caps, packed: int | Counted) -> BinaryIO:
    return io.BufferedReader(Unpacked(source, kind, caps, packed))


def _whole(stream: BinaryIO, caps: Caps) -> BinaryIO:
    """The stream in memory, for a zip archive is read from its end."""
    most = caps.limits.max_bytes
    data = stream.read(most + 1)
    if len(data) > most:
        raise CodecError("too_large", f"a zip archive of more than {most} bytes; split it")
    return io.BytesIO(data)


def _refuse_foreign(head: bytes) -> None:
    for mark, kind in _FOREIGN.items():
        if head.startswith(mark):
            raise CodecError("unsupported_archive", f"a {kind} archive; send a zip or tar.gz")
