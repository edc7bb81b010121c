"""From a document and where it came from to a record: keys, fingerprints, hash and issues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from canonical_model import checks, identity, wire
from canonical_model.base.issue import Issue
from canonical_model.documents import AnyDocument, kind_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.envelope import Context, Record, Source, Unmapped

_NOWHERE = Source()
_ANYONE = Context()


def make_record(
    document: AnyDocument,
    source: Source = _NOWHERE,
    context: Context = _ANYONE,
    *,
    related: checks.Related = checks.NOTHING,
    ignore: Iterable[str] = (),
    issues: Sequence[Issue] = (),
    unmapped: Sequence[Unmapped] = (),
) -> Record:
    """Everything that follows from a document by itself; `issues` are what reading it found."""
    document = completed(document, context)
    source = delivered(source, context)
    ignored = tuple(ignore)
    keys = identity.keys(document, source, context)
    key = identity.idempotency_key(document, keys)
    return Record(
        idempotency_key=key,
        id=key,
        schema=f"finance.canonical/{kind_of(document)}/1",
        tenant=context.tenant,
        document=document,
        source=source,
        keys=keys,
        fingerprints=identity.fingerprints(document, source),
        content_hash=wire.content_hash(document),
        issues=[*issues, *checks.check(document, related=related, ignore=ignored)],
        ignored=list(ignored),
        unmapped=list(unmapped),
    )


def delivered(source: Source, context: Context) -> Source:
    """The source with what only the context can tell: by which connection it came, and how."""
    told = {"connection": context.connection, "channel": context.channel}
    told = {name: value for name, value in told.items() if value is not None}
    return msgspec.structs.replace(source, **told) if told else source


def completed(document: AnyDocument, context: Context) -> AnyDocument:
    """The document with what the context tells of it: direction, entity, ranks of entries."""
    told: dict[str, Any] = {}
    if _lacks(document, "direction"):
        told["direction"] = identity.direction_of(document, context)
    if _lacks(document, "entity"):
        told["entity"] = identity.entity_of(document, context)
    if isinstance(document, BankStatement) and document.transactions:
        document = identity.number_transactions(document)
    told = {name: value for name, value in told.items() if value is not None}
    return msgspec.structs.replace(document, **told) if told else document


def _lacks(document: AnyDocument, name: str) -> bool:
    return getattr(document, name, "no such field") is None
