"""A document of the canonical model as it comes by itself, not as some system's payload."""

from __future__ import annotations

import hashlib

from canonical_model import wire
from canonical_model.envelope import Channel, Context, Record, Source
from canonical_model.record import make_record


def canonical_record(data: bytes, context: Context, channel: Channel) -> Record:
    """Its record; `InvalidDocument` where it is none of ours."""
    source = Source(
        system="canonical",
        channel=channel,
        raw_sha256=hashlib.sha256(data).hexdigest(),
        raw_path="0",
    )
    return make_record(wire.decode(data), source, context)
