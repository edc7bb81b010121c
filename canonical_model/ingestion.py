"""What to do with a record that comes in, given what is known: a pure decision, row by row.

The caller looks up which stored records share a key with the new one; this says what follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from canonical_model.documents import AnyDocument, kind_of
from canonical_model.envelope import Record, Source, State
from canonical_model.identity import is_weak, suspicions
from canonical_model.identity.fingerprints import HOLD_AT
from canonical_model.lifecycle import DECIDED, EFFECTIVE, MASTER

Action = Literal[
    "create",
    "replay",
    "revise",
    "attach_source",
    "conflict",
    "archive_deleted",
    "hold",
    "settle",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, to which record, what to announce, and why in words."""

    action: Action
    record_id: str | None
    events: tuple[str, ...]
    why: str
    state: State | None = None
    exception: str | None = None
    payment_hold: bool = False
    score: Decimal | None = None


def decide(known: Sequence[Record], new: Record, *, judged: bool = False) -> Decision:
    """The action for `new`, given the stored records that share a key or fingerprint with it.

    `judged` tells that suspicion is judged elsewhere, by more than the fingerprints of `known`:
    by the index of duplicates, which knows what speaks against it, too.
    """
    sources = _source_hashes(new)
    same_source = [r for r in known if sources & _source_hashes(r)]
    if same_source:
        return _again(same_source[0], new)
    strong = [r for r in known if _strong_hashes(new) & _strong_hashes(r)]
    if strong:
        return _other_source(strong, new)
    return _suspicion(known, new, judged=judged)


def _again(old: Record, new: Record) -> Decision:
    """The same object of the same system, delivered once more."""
    if new.source is not None and new.source.deleted:
        return _deleted(old)
    if new.content_hash == old.content_hash:
        return Decision("replay", old.id, ("replayed",), "same source, same content")
    if _made_by_us(old, new.source) and _agree(old, new):
        return _echo(old, new)
    if old.state in EFFECTIVE or _held_from(old) in EFFECTIVE:
        if kind_of(old.document) in MASTER:
            return Decision("revise", old.id, ("revised",), "master data changes as it lives")
        return _hold(old, "changed_after_post", "content changed after it was posted")
    if old.state in DECIDED or _held_from(old) in DECIDED:
        events = ("revised", "approval_revoked")
        return Decision("revise", old.id, events, "content changed after approval", "validated")
    if old.state == "rejected":
        return Decision("revise", old.id, ("revised", "reopened"), "new content", "received")
    state: State | None = None if old.state == "exception" else "received"
    return Decision("revise", old.id, ("revised",), "same source, new content", state)


def _made_by_us(record: Record, source: Source | None) -> bool:
    """Whether it is what posting has made there: a system tells it in words of its own."""
    return source is not None and any(
        step.op == "post" and step.by == source.connection and step.note == source.object_id
        for step in record.lineage
    )


def _agree(old: Record, new: Record) -> bool:
    """Whether amount, currency and date are the same, as far as both state them."""
    pairs = zip(economics(old), economics(new), strict=True)
    return all(one == two or one is None or two is None for one, two in pairs)


def _echo(old: Record, new: Record) -> Decision:
    """What was posted, read back: nothing new, unless it has been paid there."""
    if old.state == "posted" and _is_settled(new.document):
        return Decision("settle", old.id, ("paid",), "settled in the target's ledger", "paid")
    return Decision("replay", old.id, ("replayed",), "what was posted, read back")


def _is_settled(document: AnyDocument) -> bool:
    """Whether its ledger says that nothing of it is open any more."""
    balance, totals = getattr(document, "balance", None), getattr(document, "totals", None)
    if balance is not None and totals is not None:
        return balance == 0 and bool(totals.payable or totals.gross)
    return getattr(document, "settlement", None) == "settled"


def _deleted(old: Record) -> Decision:
    if old.state in EFFECTIVE or _held_from(old) in EFFECTIVE:
        return _hold(old, "source_deleted", "deleted at source after it was posted")
    events = ("source_deleted", "archived")
    return Decision("archive_deleted", old.id, events, "deleted at source", "archived")


def _hold(old: Record, code: str, why: str) -> Decision:
    return Decision("hold", old.id, ("exception_opened",), why, "exception", code)


def _held_from(record: Record) -> State | None:
    """A record in exception counts as being where it was taken from."""
    return record.exception.from_state if record.exception else None


def _other_source(hits: Sequence[Record], new: Record) -> Decision:
    """Another delivery that claims to be a document we have."""
    if len({r.id for r in hits}) > 1:
        return _conflict(hits[0], "its keys belong to different records")
    if economics(hits[0]) == economics(new):
        events = ("source_attached",)
        return Decision("attach_source", hits[0].id, events, "same document by another way")
    return _conflict(hits[0], "same number, other amount, currency or date")


def _conflict(old: Record, why: str) -> Decision:
    events = ("received", "exception_opened")
    return Decision("conflict", old.id, events, why, "exception", "natural_key_conflict")


def economics(record: Record) -> tuple[object, ...]:
    """What must agree for two deliveries to be one document: amount, currency, date."""
    document = record.document
    totals = getattr(document, "totals", None)
    amount = getattr(document, "amount", None)
    if totals is not None:
        amount = totals.payable if totals.payable is not None else totals.gross
    names = ("issue_date", "value_date", "booking_date", "posting_date")
    day = next((d for n in names if (d := getattr(document, n, None)) is not None), None)
    return amount, getattr(document, "currency", None), day


def _suspicion(known: Sequence[Record], new: Record, *, judged: bool) -> Decision:
    """No strong key hits: new, but perhaps seen before under another name."""
    live = [r for r in known if r.archive_reason != "voided"]
    weak = next((r for r in live if _hashes(new) & _hashes(r)), None)
    score, suspect = max(
        ((suspicions(r, new).score, r) for r in ([] if judged else live)),
        key=lambda pair: pair[0],
        default=(Decimal(0), None),
    )
    events = ("received", "duplicate_suspected")
    if score >= HOLD_AT and suspect is not None:
        why = "fingerprints agree with another record"
        return Decision("create", suspect.id, events, why, "received", None, True, score)
    if weak is not None:
        why = "same by name or bank account only"
        return Decision("create", weak.id, events, why, "received", None, False, score)
    return Decision("create", None, ("received",), "not seen before", "received")


def _hashes(record: Record) -> set[str]:
    return {key.hash for key in record.keys}


def _source_hashes(record: Record) -> set[str]:
    return {key.hash for key in record.keys if key.basis == "source"}


def _strong_hashes(record: Record) -> set[str]:
    return {k.hash for k in record.keys if k.basis != "source" and not is_weak(k)}
