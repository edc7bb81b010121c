"""One document by two ways: which of them is believed, field by field, and where they differ."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from canonical_model import wire
from canonical_model.base.issue import Issue
from canonical_model.documents import AnyDocument
from canonical_model.envelope import Record, Source

# Structured e-invoice over EDI over API over what was read off paper over what was typed.
_RANK = {"peppol": 6, "edi": 5, "bank": 5, "api": 4, "webhook": 4, "file": 3, "email": 3}
_SCANNED, _TYPED = 2, 1
_E_INVOICES = ("ap/ubl", "ap/cii", "ap/fatturapa")
_WATCHED = ("number", "currency")


def merged(old: Record, new: Record) -> tuple[AnyDocument, list[Issue], str | None]:
    """The document of both, what they disagree about, and its hash where it has changed."""
    better, other = (new, old) if rank(new.source) > rank(old.source) else (old, new)
    document = _filled(better.document, other.document)
    found = wire.content_hash(document)
    return document, _disagreements(old, new), None if found == old.content_hash else found


def rank(source: Source | None) -> int:
    """How far a way of delivery is believed."""
    if source is None:
        return 0
    if (source.mapping or "").startswith(_E_INVOICES):
        return _RANK["peppol"]
    by_hand = _SCANNED if source.channel == "scan" else _TYPED
    return _RANK.get(source.channel or "", by_hand)


def _filled(better: Any, other: Any) -> AnyDocument:
    """The better one, with what only the other one states."""
    missing = {}
    for name in better.__struct_fields__:
        value = getattr(better, name)
        if value is None or value == []:
            stated = getattr(other, name, value)
            if stated is not None and stated != []:
                missing[name] = stated
    filled: AnyDocument = structs.replace(better, **missing) if missing else better
    return filled


def _disagreements(old: Record, new: Record) -> list[Issue]:
    """Numbers, currencies, payable amounts, accounts and tax ids that are not the same."""
    one, two = _watched(old.document), _watched(new.document)
    return [
        Issue(
            code="sources_disagree",
            severity="warning",
            message=f"two deliveries of this document state different {name}",
            path=path,
            hint="look at both deliveries in the trace before it is paid",
        )
        for name, path, value, other in _pairs(one, two)
        if value and other and value != other
    ]


def _pairs(one: dict[str, tuple[str, Any]], two: dict[str, tuple[str, Any]]) -> list[Any]:
    return [(name, one[name][0], one[name][1], two[name][1]) for name in one]


def _watched(document: Any) -> dict[str, tuple[str, Any]]:
    totals = getattr(document, "totals", None)
    accounts = [
        account.id.value
        for way in getattr(document, "payment", None) or []
        for account in getattr(way, "accounts", [])
        if account.id is not None
    ]
    seller = getattr(document, "seller", None)
    taxes = [each.value for each in seller.ids if each.kind == "vat"] if seller else []
    plain = {name: (name, getattr(document, name, None)) for name in _WATCHED}
    return plain | {
        "payable amount": ("totals.payable", totals.payable if totals else None),
        "accounts to pay to": ("payment", sorted(filter(None, accounts))),
        "VAT ids of the seller": ("seller.ids", sorted(filter(None, taxes))),
    }


def says_something_else(record: Record, source: Source | None) -> bool:
    """Whether one of several sources says now what the document says, and said other before."""
    if source is None or not record.sources:
        return False
    place = (source.connection, source.object_type, source.object_id)
    known = [record.source, *record.sources]
    mine = [e for e in known if e and (e.connection, e.object_type, e.object_id) == place]
    return bool(mine) and mine[-1].raw_sha256 != source.raw_sha256
