"""What other packages call: the connectors of this package, with overlays, as functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, TypeAlias

from canonical_model import wire
from canonical_model.documents import AnyDocument
from canonical_model.envelope import Context, Record
from connectors._engine.explanation import Explained, explained
from connectors._engine.lineage import Lineage
from connectors._engine.mapping import Result, map_bytes
from connectors._engine.pack import BUILT_IN, Pack
from connectors._engine.rendering import Rendered, render_documents
from connectors._engine.streaming import stream_records
from connectors.errors import UnknownConnector

_ANYONE = Context()

Overlay: TypeAlias = str | tuple[str, ...] | None
"""A folder of one's own connectors and overlays, or several, each over the ones before."""


def pack(overlay: Overlay = None) -> Pack:
    """The connectors of this package; folders of one's own add to them and lie over them."""
    return _pack((overlay,) if isinstance(overlay, str) else tuple(overlay or ()))


@lru_cache(maxsize=16)
def _pack(names: tuple[str, ...]) -> Pack:
    own = tuple(Path(name) for name in names)
    return Pack((BUILT_IN, *own), own)


def forget() -> None:
    """Read the connectors anew when they are next asked for: their files have changed."""
    _pack.cache_clear()


def folders() -> list[Path]:
    """Where the connectors of this package lie."""
    return [each.folder for each in pack().connectors.values()]


def names() -> list[str]:
    """All connectors there are."""
    return sorted(pack().connectors)


def map_payload(
    data: bytes,
    *,
    connector: str | None = None,
    resource: str | None = None,
    filename: str | None = None,
    overlay: Overlay = None,
    context: Context = _ANYONE,
    unmapped: bool = False,
) -> Result:
    """The canonical records of a payload; nothing it holds makes this raise."""
    return map_bytes(
        pack(overlay),
        data,
        connector=connector,
        resource=resource,
        filename=filename,
        context=context,
        unmapped=unmapped,
    )


def iter_records(
    stream: BinaryIO, *, overlay: Overlay = None, context: Context = _ANYONE
) -> Iterator[Record]:
    """The records of a payload of any size as they are found; `CodecError` where it breaks off."""
    yield from stream_records(pack(overlay), stream, context)


def render(
    documents: Sequence[AnyDocument], connector: str, resource: str, *, overlay: Overlay = None
) -> Rendered:
    """One or several documents as a payload of that resource."""
    return render_documents(pack(overlay)[connector].write_map(resource), documents)


def explain_record(record: Record, *, overlay: Overlay = None) -> list[Explained]:
    """Each value of a record's document with the place in the payload that it comes from."""
    mapping = (record.source.mapping if record.source else None) or ""
    connector, _, resource = mapping.partition("@")[0].rpartition("/")
    if not resource.endswith(".read"):
        raise UnknownConnector(f"no map is known of this record ({mapping or 'no source'})")
    document = wire.to_plain(record.document)
    return explained(pack(overlay)[connector], resource.removesuffix(".read"), document)


def explain(
    connector: str, resource: str, direction: str = "read", *, overlay: Overlay = None
) -> tuple[Lineage, ...]:
    """Where each field comes from: known from the map alone."""
    found = pack(overlay)[connector]
    if direction == "write":
        return found.write_map(resource).lineage
    return found.read_map(resource).lineage
