"""Zip archives: opened without trusting what they say of themselves."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from connectors._codecs.archive.caps import BROKEN, MAX_MEMBERS, broken
from connectors.errors import CodecError

_DIRECTORY_BYTES = MAX_MEMBERS * 300
"""No honest directory of so many files is larger."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_LONGEST_TAIL = 22 + 65_535 + 20 + 56
_ELSEWHERE = 0xFFFFFFFF
_ENCRYPTED = 0x1
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_zip(stream: BinaryIO) -> zipfile.ZipFile:
    """The archive's directory, read only if its size is sane."""
    if _directory_size(stream) > _DIRECTORY_BYTES:
        raise CodecError("too_many_items", f"more than {MAX_MEMBERS} files; split the archive")
    try:
        return zipfile.ZipFile(stream)
    except BROKEN as error:
        raise broken("zip") from error


def files(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """What is not a folder; refused if it could not be read."""
    for info in archive.infolist():
        if not info.filename or info.filename.endswith("/"):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise CodecError("encrypted", "an encrypted zip archive; send it without a password")
        if info.compress_type not in _READABLE:
            found = f"zip compression method {info.compress_type}"
            raise CodecError("unsupported_archive", f"{found}; pack it with deflate")
        yield info


def open_file(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """A stream of one file's bytes."""
    try:
        return archive.open(info)  # type: ignore[return-value]
    except (*BROKEN, RuntimeError) as error:
        raise broken("zip") from error


def is_office_file(archive: zipfile.ZipFile) -> bool:
    """Office documents are zips too, but one document and not a container of several."""
    names = {info.filename for info in archive.infolist()}
    return "[Content_Types].xml" in names or "mimetype" in names


def _directory_size(stream: BinaryIO) -> int:
    """What the archive says of its directory; 0 where the end record is missing."""
    length = stream.seek(0, 2)
    stream.seek(max(0, length - _LONGEST_TAIL))
    tail = stream.read()
    end = tail.rfind(_END)
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if size == _ELSEWHERE:
        large = tail.rfind(_END_64, 0, end)
        size = int.from_bytes(tail[large + 40 : large + 48], "little") if large >= 0 else size
    return size
