"""Mapping for those who call over HTTP: results that are encoded once, as late as possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

import connectors
from canonical_model import wire
from canonical_model.envelope import Context
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.mapping import why_nothing


@dataclass(frozen=True, slots=True)
class Mapped:
    """The result of one payload."""

    name: str | None
    result: connectors.Result

    def encoded(self) -> bytes:
        """The result as JSON."""
        data = wire.encode(self.result)
        if self.name is None:
            return data
        return b'{"file":' + msgspec.json.encode(self.name) + b"," + data[1:]

    def cap(self, most: int) -> None:
        """Refuse to put more records than that into one JSON answer."""
        if len(self.result.records) > most:
            message = f"{len(self.result.records)} records; one JSON answer holds {most}"
            hint = "send `Accept: application/x-ndjson` to get one record a line"
            raise Refusal(413, "result_too_large", message, hint=hint)

    def records(self) -> Iterator[Any]:
        """Each record as plain data."""
        return (wire.to_plain(record) for record in self.result.records)

    def issues(self) -> Iterator[Any]:
        """Each issue of the payload as plain data."""
        return (wire.to_plain(issue) for issue in self.result.issues)

    def head(self) -> dict[str, Any]:
        """What is said of the payload as a whole."""
        bare = structs.replace(self.result, records=[], issues=[])
        return {**wire.to_plain(bare), "records": len(self.result.records)}


def map_payload(
    house: House,
    data: bytes,
    filename: str | None,
    context: Context,
    *,
    connector: str | None,
    resource: str | None,
    unmapped: bool,
    alone: bool,
) -> Iterator[Mapped]:
    """The results of a payload: one, or one for each member of an archive.

    A payload that comes alone is refused when nothing is found in it; one of several is not, so
    that the others have their answer.
    """
    for name, member in connectors.unpack(data, filename or ""):
        result = connectors.map_payload(
            member,
            connector=connector,
            resource=resource,
            filename=name or None,
            overlay=house.overlay_of(context.tenant),
            context=context,
            unmapped=unmapped,
        )
        packed = name != (filename or "")
        if alone and not packed and not result.records:
            raise why_nothing([wire.to_plain(issue) for issue in result.issues])
        yield Mapped(name if packed or not alone else None, result)
