"""Delivery identity: which object of which system, or which place in which file."""

from __future__ import annotations

from canonical_model.envelope import Context, Key, Source
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import SOURCE, VERSION, make_key


def source_key(source: Source, context: Context) -> Key | None:
    """The key of a delivery; None when the source states neither an id nor a file."""
    place = _place(source)
    if place is None:
        return None
    origin = [plain(source.system), plain(source.connection), plain(source.object_type)]
    return make_key(SOURCE, [VERSION, plain(context.tenant), "src", *origin, *place])


def _place(source: Source) -> list[str] | None:
    if object_id := plain(source.object_id):
        return [object_id]
    if raw := plain(source.raw_sha256).lower():
        return [raw, plain(source.raw_path)]
    return None
