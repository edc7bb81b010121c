"""All keys of a document, and the one that a caller who wants only one should take."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_model.documents import AnyDocument, kind_of
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.envelope import Context, Key, Source
from canonical_model.identity.natural_keys import natural_keys
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import SOURCE, VERSION, make_key, record_id

_NOWHERE = Source()


def keys(
    document: AnyDocument | BankTransaction, source: Source | None, context: Context
) -> list[Key]:
    """Every key that means this document: natural ones strongest first, then the source key."""
    source = source or _NOWHERE
    found = natural_keys(document, source, context)
    delivered = source_key(source, context)
    return found if delivered is None else [*found, delivered]


def source_key(source: Source, context: Context) -> Key | None:
    """The key of a delivery: which object of which system, or which place in which file.

    None when the source states neither an id nor a file.
    """
    place = [plain(source.object_id)]
    if not place[0]:
        place = [plain(source.raw_sha256).lower(), plain(source.raw_path)]
    if not place[0]:
        return None
    origin = [plain(source.system), plain(source.connection), plain(source.object_type)]
    return make_key(SOURCE, [VERSION, plain(context.tenant), "src", *origin, *place])


def idempotency_key(document: AnyDocument | BankTransaction, keys: Sequence[Key]) -> str | None:
    """The record id of the strongest natural key, else of the source key, else None."""
    key = next((key for key in keys if key.basis != SOURCE), next(iter(keys), None))
    if key is None:
        return None
    kind = "bank_transaction" if isinstance(document, BankTransaction) else kind_of(document)
    return record_id(kind, key)
