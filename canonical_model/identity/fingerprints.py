"""Values that two copies of one invoice are likely to share, and how much each sharing weighs.

A value that rests on the counterparty is there once for each of its rungs, parted by blanks. Names
and accounts are hashed, because fingerprints end up in indexes; amounts, dates and numbers are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from math import prod
from typing import Final

from canonical_model.documents import AnyDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context, Record, Source
from canonical_model.identity.direction import counterparty_rungs, direction_of
from canonical_model.identity.natural_keys import order_numbers
from canonical_model.identity.normalise import (
    alphanumeric,
    amount_text,
    day_text,
    number_key,
    number_loose,
    plain,
    remember,
)

HOLD_AT: Final = Decimal("0.8")
"""Suspicion from which a document is held as `duplicate_suspected`; it is never rejected for it."""

WARN_AT: Final = Decimal("0.5")
"""Suspicion from which a warning is due."""

_NOWHERE = Source()
_UNKNOWN = Context()
_HASH_LENGTH = 16
_LONGEST = 32
_NEAR_DAYS = 30
_CREDITED = frozenset({"invoice", "preceding", "credit"})


def fingerprints(
    document: AnyDocument, source: Source | None, context: Context | None = None
) -> dict[str, str]:
    """F0 for every document, F1 to F7 for invoices and credit notes, as far as they state enough.

    The context tells the direction where the document does not: without it the seller counts as
    the counterparty.
    """
    found = {"F0": _file(source or _NOWHERE)}
    if isinstance(document, Bill):
        found |= _bill(document, context or _UNKNOWN)
    return {name: value for name, value in found.items() if value}


def search_terms(fingerprints: Mapping[str, str]) -> Iterator[str]:
    """Each value by itself, such as `F1:…`: what a store indexes and looks up."""
    for name, values in fingerprints.items():
        for value in values.split():
            yield f"{name}:{value}"


def gross_text(document: Bill) -> str:
    """The gross amount, else what is payable, without its sign; empty when neither is stated.

    Credit notes come with either sign, so that the sign tells nothing about being the same.
    """
    amount = _gross(document)
    return "" if amount is None else amount_text(amount).lstrip("-")


def is_credit(document: Bill) -> bool:
    """Whether it takes back: a credit note, or an invoice below zero."""
    gross = _gross(document)
    return isinstance(document, CreditNote) or (gross is not None and gross.is_signed())


def _gross(document: Bill) -> Decimal | None:
    totals = document.totals
    if totals is None:
        return None
    return totals.gross if totals.gross is not None else totals.payable


def _file(source: Source) -> str:
    raw = plain(source.raw_sha256).lower()
    # One file may hold many documents: only the same place in it is the same document.
    return f"{raw}#{_hash(source.raw_path)}" if raw and source.raw_path else raw


def _bill(document: Bill, context: Context) -> dict[str, str]:
    direction = direction_of(document, context)
    found = counterparty_rungs(document, direction)
    others = [_hash(rung) for _, rung in found]
    names = [_hash(rung.rpartition("|")[0]) for basis, rung in found if basis == "name"]
    ours = direction == "receivable"  # the buyer's accounts are not what is paid to
    payees = [] if ours else [_hash(rung) for basis, rung in found if basis == "iban"]
    gross = gross_text(document)
    money = _short(gross and gross + alphanumeric(document.currency or ""))
    number = document.number or ""
    return {
        "F1": _each(others, _short(number_key(number))),
        "F2": _each(others, money, day_text(document.issue_date)),
        "F3": _each(others, _short(number_loose(number)), _short(gross)),
        "F4": _each(names, money),
        "F5": _each([_short(order) for order in order_numbers(document)], money),
        "F6": _each(payees, money, day_text(document.due_date)[:7]),
        "F7": _each(_numbers(document), money),
    }


def _numbers(document: Bill) -> list[str]:
    """Its own number, and those of the invoices that a credit note takes back."""
    stated = [document.number]
    if isinstance(document, CreditNote):
        stated += [ref.number for ref in document.refs if ref.role in _CREDITED]
    numbers = {number_key(number or "") for number in stated}
    return [_short(number) for number in sorted(numbers) if number]


def _each(firsts: list[str], *rest: str) -> str:
    """`first:rest` for each of the first parts; nothing when a part is missing."""
    if not firsts or not all(rest):
        return ""
    end = ":" + ":".join(rest)
    return f"{end} ".join(firsts) + end


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else _hash(text)


@remember
def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


@dataclass(frozen=True, slots=True)
class Hit:
    """One fingerprint that two documents share."""

    fingerprint: str
    weight: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What two records share, and how likely it makes them one."""

    score: Decimal
    hits: tuple[Hit, ...]


def suspicions(record_a: Record, record_b: Record) -> Suspicion:
    """How alike two records are by the fingerprints they carry."""
    stored_a, stored_b = record_a.fingerprints, record_b.fingerprints
    hits = compare(record_a.document, stored_a, record_b.document, stored_b)
    return Suspicion(suspicion(hits), tuple(hits))


def suspicion(hits: Iterable[Hit]) -> Decimal:
    """1 - Π(1 - weight): hits add up, but never beyond certainty."""
    return 1 - prod((1 - hit.weight for hit in hits), start=Decimal(1))


def compare(
    document_a: AnyDocument,
    fps_a: Mapping[str, str],
    document_b: AnyDocument,
    fps_b: Mapping[str, str],
    *,
    partial_order: bool = False,
) -> list[Hit]:
    """What the two share, F0 first; `partial_order` says that their order is billed in parts.

    A credit note is never suspected to be a copy of its invoice: F7 links them and weighs nothing.
    """
    shared = [name for name in sorted(fps_a) if _share(fps_a[name], fps_b.get(name, ""))]
    if not (isinstance(document_a, Bill) and isinstance(document_b, Bill)):
        return [_HITS[name] for name in shared if name == "F0"]
    if is_credit(document_a) != is_credit(document_b):
        return [_HITS[name] for name in shared if name in {"F0", "F7"}]
    partial = partial_order or "partial" in (document_a.type, document_b.type)
    judged = (_judge(name, document_a, document_b, partial) for name in shared)
    return [hit for hit in judged if hit is not None]


def _share(values_a: str, values_b: str) -> bool:
    return not set(values_a.split()).isdisjoint(values_b.split())


_HITS: dict[str, Hit] = {
    hit.fingerprint: hit
    for hit in (
        Hit("F0", Decimal(1), "the same file"),
        Hit("F1", Decimal("0.9"), "same counterparty, number and gross amount"),
        Hit("F2", Decimal("0.8"), "same counterparty, gross amount, currency and issue date"),
        Hit("F3", Decimal("0.85"), "same counterparty and gross amount, number read alike"),
        Hit("F4", Decimal("0.6"), "same name, gross amount and currency, date and number near"),
        Hit("F5", Decimal("0.6"), "same order, gross amount and currency"),
        Hit("F6", Decimal("0.5"), "same account to pay to, gross, currency and due month"),
        Hit("F7", Decimal(0), "one is the credit of the other: link them"),
    )
}
_OTHER_GROSS = Hit("F1", Decimal("0.3"), "same counterparty and number, another gross amount")
_PARTIAL = Hit("F5", Decimal("0.3"), "same gross amount and currency of an order billed in parts")


def _judge(name: str, a: Bill, b: Bill, partial: bool) -> Hit | None:
    if name == "F7" or (name == "F4" and not _near(a, b)):
        return None
    if name == "F1" and not (gross_text(a) and gross_text(a) == gross_text(b)):
        return _OTHER_GROSS
    return _PARTIAL if name == "F5" and partial else _HITS.get(name)


def _near(a: Bill, b: Bill) -> bool:
    # Same name and amount is only a reason to look closer: rents and subscriptions have both.
    near = []
    if a.issue_date is not None and b.issue_date is not None:
        near.append(abs((a.issue_date - b.issue_date).days) <= _NEAR_DAYS)
    numbers = [number_key(bill.number or "") for bill in (a, b)]
    if all(numbers):
        near.append(_nearly_equal(*numbers))
    return bool(near) and all(near)


def _nearly_equal(one: str, other: str) -> bool:
    """But for one character that is missing or another."""
    short, long = sorted((one, other), key=len)
    pairs = enumerate(zip(short, long, strict=False))
    start = next((i for i, (left, right) in pairs if left != right), len(short))
    return long[start + 1 :] in (short[start:], short[start + 1 :])
