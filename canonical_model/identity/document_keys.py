"""All keys of a document, and the one that a caller who wants only one should take."""

from __future__ import annotations

from collections.abc import Sequence

from canonical_model.documents import AnyDocument, kind_of
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.envelope import Context, Key, Source
from canonical_model.identity.natural_keys import natural_keys
from canonical_model.identity.record_ids import record_id, strongest
from canonical_model.identity.source_keys import source_key

_NOWHERE = Source()


def keys(
    document: AnyDocument | BankTransaction, source: Source | None, context: Context
) -> list[Key]:
    """Every key that means this document: natural ones strongest first, then the source key."""
    delivery = source or _NOWHERE
    found = natural_keys(document, delivery, context)
    delivered = source_key(delivery, context)
    return found if delivered is None else [*found, delivered]


def idempotency_key(document: AnyDocument | BankTransaction, keys: Sequence[Key]) -> str | None:
    """The record id of the strongest natural key, else of the source key, else None."""
    key = strongest(keys)
    return None if key is None else record_id(_kind(document), key)


def _kind(document: AnyDocument | BankTransaction) -> str:
    return "bank_transaction" if isinstance(document, BankTransaction) else kind_of(document)
