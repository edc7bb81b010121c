"""Documents to canonical bytes and back; the bytes that are hashed."""

from __future__ import annotations

from canonical_model.wire.decoding import decode, decode_record
from canonical_model.wire.encoding import content_hash, encode, to_plain
from canonical_model.wire.faults import find_faults
from canonical_model.wire.normal import normal

__all__ = [
    "content_hash",
    "decode",
    "decode_record",
    "encode",
    "find_faults",
    "normal",
    "to_plain",
]
