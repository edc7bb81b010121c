"""Bank lines, taken apart into what each transaction says of itself."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from canonical_model.controls.reconciliation.keys import own_keys, payment_keys
from canonical_model.controls.reconciliation.proposal import Unreconciled
from canonical_model.controls.reconciliation.references import (
    PREFIX,
    body_of,
    possible_references,
    reference_keys,
)
from canonical_model.controls.reconciliation.whole_units import units
from canonical_model.controls.screening.likeness import Name, name_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, TxDetail, TxRefs
from canonical_model.envelope import Record
from canonical_model.identity import number_key, number_loose, rungs
from canonical_model.identity.bank_ledger import real_reference
from canonical_model.identity.normalise import alphanumeric
from canonical_model.parts.money import Rate

Place: TypeAlias = tuple[str, int]
"""Handle of a bank line, and which of its details: -1 for all of it."""

_NOTHING: Final = TxDetail()
_NO_REFS: Final = TxRefs()
_NOT_BOOKED: Final = frozenset({"pending", "info", "future"})
_WORD: Final = re.compile(r"[^\s,;:()]+")
_MOST_WORDS: Final = 60
_SHORTEST_NUMBER: Final = 4


class Returned(NamedTuple):
    """Why a payment came back."""

    code: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction of an account, with all by which it may be recognised."""

    handle: str
    detail: int | None
    amount: int
    currency: str
    day: datetime.date | None
    keys: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]
    parties: frozenset[str]
    name: Name
    others: tuple[tuple[str, int], ...]
    rates: tuple[Rate, ...]
    charges: int
    returned: Returned | None

    @property
    def place(self) -> Place:
        """Which it is."""
        return self.handle, -1 if self.detail is None else self.detail


class Origin(NamedTuple):
    """Where a line comes from."""

    handle: str
    currency: str
    system: str


def movements_of(lines: Mapping[str, Record]) -> tuple[list[Movement], list[Unreconciled]]:
    """Every booked transaction, by handle; the entries of a statement are `handle#position`."""
    found: list[Movement] = []
    skipped: list[Unreconciled] = []
    for handle in sorted(lines):
        source = lines[handle].source
        system = (source.system if source is not None else None) or ""
        for name, line, account in _entries(handle, lines[handle]):
            if why := _unfit(line):
                skipped.append(Unreconciled(handle=name, why=why))
            else:
                origin = Origin(name, line.currency or account or "", system)
                found += _taken_apart(origin, line)
    return found, skipped


def _entries(handle: str, record: Record) -> Iterator[tuple[str, BankTransaction, str | None]]:
    document = record.document
    if isinstance(document, BankTransaction):
        yield handle, document, None
    elif isinstance(document, BankStatement):
        currency = document.account.currency if document.account is not None else None
        for place, line in enumerate(document.transactions):
            yield f"{handle}#{place}", line, currency


def _unfit(line: BankTransaction) -> str | None:
    if line.status in _NOT_BOOKED:
        return f"it is {line.status}; it is reconciled once it is booked"
    if not units(line.amount) or line.direction is None:
        return "it states no amount or no direction; both are needed"
    return None


def _taken_apart(origin: Origin, line: BankTransaction) -> Iterator[Movement]:
    """One movement for each detail where their amounts make up the entry, else one for all."""
    whole = units(line.amount) or 0
    signed = whole if line.direction == "credit" else -whole
    parts = [_signed(detail, line) for detail in line.details]
    if len(parts) > 1 and None not in parts and sum(each or 0 for each in parts) == signed:
        for place, (detail, amount) in enumerate(zip(line.details, parts, strict=True)):
            yield _movement(origin, place, line, [detail], amount or 0)
    else:
        yield _movement(origin, None, line, line.details or [_NOTHING], signed)


def _signed(detail: TxDetail, line: BankTransaction) -> int | None:
    amount = units(detail.amount)
    if amount is None:
        return None
    return amount if (detail.direction or line.direction) == "credit" else -amount


def _movement(
    origin: Origin,
    place: int | None,
    line: BankTransaction,
    details: list[TxDetail],
    amount: int,
) -> Movement:
    said = list(chain.from_iterable(detail.remittance for detail in details))
    said += [text for text in (line.description,) if text]
    keys = frozenset(chain.from_iterable(_keys(each, origin.system) for each in details))
    structured = frozenset(chain.from_iterable(map(_numbers, details)))
    found = [each for text in said for each in possible_references(text)]
    sign = 1 if amount > 0 else -1
    charges = [*line.charges, *(each for detail in details for each in detail.charges)]
    return Movement(
        handle=origin.handle,
        detail=place,
        amount=amount,
        currency=origin.currency,
        day=line.value_date or line.booking_date,
        keys=keys.union(PREFIX + each.value for each in found),
        numbers=structured,
        words=frozenset(chain(_words(said), map(body_of, found))),
        parties=frozenset(chain.from_iterable(map(_parties, details))),
        name=name_of(next((_name(each) for each in details if _name(each)), "")),
        others=tuple(_others(details, sign)),
        rates=tuple(detail.rate for detail in details if detail.rate is not None),
        charges=sum(units(each.amount) or 0 for each in charges),
        returned=_returned(line, details),
    )


def _keys(detail: TxDetail, system: str) -> Iterator[str]:
    refs = detail.refs or _NO_REFS
    yield from payment_keys(
        uetr=refs.uetr,
        end_to_end=refs.end_to_end,
        batches=(refs.batch, refs.message),
        instruction=refs.instruction,
    )
    linked = [ref.id for ref in detail.structured_refs if ref.id]
    yield from own_keys(system, [refs.provider, *linked])
    yield from (f"rec:{each}" for each in linked)
    yield from reference_keys(detail.creditor_ref)


def _numbers(detail: TxDetail) -> Iterator[str]:
    refs = detail.refs or _NO_REFS
    stated = (ref.number for ref in detail.structured_refs)
    for number in (*stated, real_reference(refs.end_to_end)):
        if number:
            yield number_key(number)


def _words(said: Iterable[str]) -> Iterator[str]:
    """What in a text may be a document number: words with digits, alone and joined with others."""
    words = [word for text in said for word in _WORD.findall(text)][:_MOST_WORDS]
    bare = [alphanumeric(word.strip(".,-/#+*")) for word in words]
    for place, word in enumerate(bare):
        pair, three = "".join(bare[place : place + 2]), "".join(bare[place : place + 3])
        for each in (word, pair, three):
            if len(each) >= _SHORTEST_NUMBER and any(map(str.isdigit, each)):
                yield each.lstrip("0") if each.isdigit() else each
                yield number_loose(each)


def _parties(detail: TxDetail) -> Iterator[str]:
    account = detail.counterparty_account
    accounts = [account] if account is not None else []
    for _, rung in rungs(detail.counterparty, accounts):
        yield rung.rpartition("|")[0] if rung.startswith("name:") else rung
    for _, rung in rungs(detail.ultimate_counterparty):
        yield rung.rpartition("|")[0] if rung.startswith("name:") else rung


def _name(detail: TxDetail) -> str:
    party = detail.counterparty
    return (party and (party.name or party.trading_name)) or ""


def _others(details: list[TxDetail], sign: int) -> Iterator[tuple[str, int]]:
    """The amount in other currencies, as instructed or as its counter value."""
    if len(details) != 1:
        return
    for money in (details[0].instructed, details[0].counter_value):
        if money is not None and (amount := units(money.amount)):
            yield money.currency, sign * amount


def _returned(line: BankTransaction, details: list[TxDetail]) -> Returned | None:
    for detail in details:
        if detail.return_code or detail.return_reason:
            return Returned(detail.return_code, detail.return_reason)
    return Returned(None, None) if line.reversal else None
