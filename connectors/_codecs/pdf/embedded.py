"""The XML files attached to a PDF, by way of pikepdf (the extra `pdf`)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pikepdf
from pikepdf import settings

from connectors._codecs.limits import Limits
from connectors.errors import CodecError

_UNPACKED = 64 * 1024 * 1024
"""No stream of a PDF may unpack to more."""

_MOST_NODES = 10_000
_NAMES = ("/UF", "/F")
_BROKEN = (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, IndexError)


def xml_files(data: bytes, limits: Limits) -> tuple[list[tuple[str, bytes]], bool]:
    """Name and content of each attached `*.xml`, each once, and whether the PDF was damaged."""
    _cap_memory()
    try:
        with pikepdf.open(io.BytesIO(data), inherit_page_attributes=False) as document:
            found = [*_contents(document.Root, limits)]
            damaged = bool(document.get_warnings())
    except pikepdf.PasswordError:
        raise CodecError("encrypted", "an encrypted PDF; send it without a password") from None
    except (*_BROKEN, AttributeError, RuntimeError) as error:
        message = "a damaged PDF; save it again, or send the XML by itself"
        raise CodecError("broken_pdf", message) from error
    return list(dict.fromkeys(found)), damaged


@cache
def _cap_memory() -> None:
    """Set qpdf's own cap, for the whole process, unless the application has set one."""
    if not settings.get_qpdf_limits()["flate_max_memory"]:
        settings.set_qpdf_limits(flate_max_memory=_UNPACKED)


def _contents(root: pikepdf.Object, limits: Limits) -> Iterator[tuple[str, bytes]]:
    for specification in _specifications(root):
        name = _name(specification)
        files = specification.get("/EF")
        if not name.lower().endswith(".xml") or not isinstance(files, pikepdf.Dictionary):
            continue
        stream = next((files[key] for key in _NAMES if key in files), None)
        if isinstance(stream, pikepdf.Stream):
            content = stream.read_bytes()
            if len(content) > limits.max_bytes:
                raise CodecError(
                    "too_large", f"an attachment of more than {limits.max_bytes} bytes; split it"
                )
            yield name, content


def _specifications(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """File specifications of the name tree, then those of associated files."""
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        yield from filter(_is_dictionary, _leaves(names.get("/EmbeddedFiles")))
    associated = root.get("/AF")
    if isinstance(associated, pikepdf.Array):
        yield from filter(_is_dictionary, associated)


def _leaves(tree: Any) -> Iterator[Any]:
    """The values of a name tree; a damaged one may contain itself."""
    waiting = [tree]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        pairs, kids = node.get("/Names"), node.get("/Kids")
        if isinstance(pairs, pikepdf.Array):
            yield from (pairs[at] for at in range(1, len(pairs), 2))
        if isinstance(kids, pikepdf.Array):
            waiting += reversed(list(kids))
    raise CodecError("broken_pdf", "attachments listed in a circle; save the PDF again")


def _is_dictionary(item: Any) -> bool:
    return isinstance(item, pikepdf.Dictionary)


def _name(specification: pikepdf.Object) -> str:
    """The file's name without the folders that some programs leave in it."""
    for key in _NAMES:
        name = str(specification.get(key, ""))
        if name:
            return name.replace("\\", "/").rpartition("/")[2]
    return ""
