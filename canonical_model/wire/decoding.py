"""Canonical JSON to documents: fast when all is well, thorough when it is not."""

from __future__ import annotations

import msgspec

from canonical_model.base.issue import Issue
from canonical_model.documents import KINDS, AnyDocument
from canonical_model.envelope import Record
from canonical_model.errors import InvalidDocument
from canonical_model.wire.exact import exactness_check
from canonical_model.wire.faults import find_faults

_read = msgspec.json.Decoder(AnyDocument).decode
_read_record = msgspec.json.Decoder(Record).decode
_spelled_exactly = exactness_check(KINDS.values())


def decode(data: bytes | str) -> AnyDocument:
    """The document in these bytes; `InvalidDocument` carries every fault, not only the first."""
    try:
        document: AnyDocument = _read(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidDocument(find_faults(data) or [_refusal(error)]) from error
    if not _spelled_exactly(data):
        faults = find_faults(data)
        if faults:
            raise InvalidDocument(faults)
    return document


def decode_record(data: bytes | str) -> Record:
    """A record as this package wrote it; its document is not searched for faults again."""
    try:
        record: Record = _read_record(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidDocument([_refusal(error)]) from error
    return record


def _refusal(error: Exception) -> Issue:
    """The parser's own words, for what the thorough pass has no better ones for."""
    message = str(error) or "nested too deeply"
    return Issue(code="unreadable", severity="error", message=message[:200])
