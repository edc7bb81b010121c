"""Rendering: canonical documents to the payload of another system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import connectors
from canonical_model import wire


def render(
    documents: Sequence[bytes], connector: str, resource: str, overlay: connectors.Overlay = None
) -> tuple[bytes, list[dict[str, Any]]]:
    """The payload of some documents, and what of them it could not say."""
    decoded = [wire.decode(data) for data in documents]
    made = connectors.render(decoded, connector, resource, overlay=overlay)
    return made.payload, [wire.to_plain(issue) for issue in made.issues]
