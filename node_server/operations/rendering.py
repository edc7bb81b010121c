"""Rendering: canonical documents to the payload of another system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

import connectors
from canonical_model import wire


def render(
    documents: Sequence[bytes], connector: str, resource: str, overlay: connectors.Overlay = None
) -> tuple[bytes, list[dict[str, Any]]]:
    """The payload of some documents, and what of them it could not say."""
    decoded = [wire.decode(data) for data in documents]
    made = connectors.render(decoded, connector, resource, overlay=overlay)
    return made.payload, [wire.to_plain(issue) for issue in made.issues]


class Written(NamedTuple):
    """A payload, its media type, and what it could not say."""

    payload: bytes
    mime: str
    issues: list[dict[str, Any]]


def render_plain(
    documents: Sequence[Any], connector: str, resource: str, overlay: connectors.Overlay = None
) -> Written:
    """The payload of documents that are plain data."""
    decoded = [wire.decode(msgspec.json.encode(each)) for each in documents]
    made = connectors.render(decoded, connector, resource, overlay=overlay)
    return Written(made.payload, made.mime, [wire.to_plain(issue) for issue in made.issues])
