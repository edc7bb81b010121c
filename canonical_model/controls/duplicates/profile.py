"""What of a record matters when it is compared with others, worked out once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from canonical_model.controls.screening.likeness import Name, name_of
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context, Record
from canonical_model.identity import (
    direction_of,
    fingerprints,
    number_key,
    number_loose,
    rungs,
    search_terms,
)
from canonical_model.identity.fingerprints import gross_text
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.money import Period

_ANYONE: Final = Context()
# Channels whose values somebody read or typed; unknown ones count as such.
_EXACT: Final = frozenset({"api", "webhook", "edi", "peppol", "bank"})
# Archived for a reason that leaves nothing to pay, or whose original is still there.
_GONE: Final = frozenset({"voided", "superseded", "duplicate", "source_deleted"})
_TELLING: Final = {
    **{"order": "order", "contract": "contract", "project": "contract", "object": "contract"},
    **{"receipt": "delivery", "despatch": "delivery", "shipment": "delivery"},
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The comparable side of a record."""

    handle: str
    record: Record
    fingerprints: dict[str, str]
    bill: Bill | None
    direction: str | None
    typed: bool
    gross: str
    day: datetime.date | None
    number: str
    loose: str
    parties: frozenset[tuple[str, str]]
    name: Name
    period: Period | None
    linked: dict[str, frozenset[str]]

    @property
    def terms(self) -> Iterator[str]:
        """Under which the index keeps it: its fingerprints, and amount with day.

        The latter brings together what shares no name, such as one supplier under two records.
        """
        yield from search_terms(self.fingerprints)
        if self.gross and self.day is not None:
            yield f"day:{self.gross}:{self.day}"

    @property
    def place(self) -> tuple[int, str, str]:
        """Where it stands in a group: like documents stand side by side."""
        return self.day.toordinal() if self.day is not None else 0, self.number, self.handle


def counts(record: Record) -> bool:
    """Whether there is still something to pay twice."""
    return record.archive_reason not in _GONE and record.state != "rejected"


def profile_of(handle: str, record: Record, context: Context = _ANYONE) -> Profile:
    """Fingerprints are worked out afresh, as the stored ones may be older than the document."""
    document = record.document
    bill = document if isinstance(document, Bill) else None
    number = number_key(bill.number or "") if bill is not None and bill.number else ""
    direction = direction_of(document, context)
    party = bill and (bill.buyer if direction == "receivable" else bill.seller)
    accounts = _accounts(bill) if bill is not None and direction != "receivable" else []
    return Profile(
        handle=handle,
        record=record,
        fingerprints=fingerprints(document, record.source, context),
        bill=bill,
        direction=direction,
        typed=record.source is None or record.source.channel not in _EXACT,
        gross=gross_text(bill) if bill is not None else "",
        day=bill.issue_date if bill is not None else None,
        number=number,
        loose=number_loose(number),
        parties=frozenset(rungs(party, accounts)) if party else frozenset(),
        name=name_of((party and (party.name or party.trading_name)) or ""),
        period=_period(bill),
        linked=_linked(bill) if bill is not None else {},
    )


def _accounts(bill: Bill) -> list[BankAccount]:
    return [account for way in bill.payment for account in way.accounts]


def _period(bill: Bill | None) -> Period | None:
    """The time that is billed, of the whole or else of all its lines."""
    if bill is None:
        return None
    stated = [each.period for each in bill.lines if each.period is not None]
    if bill.period is not None or not stated:
        return bill.period
    starts = [each.start for each in stated if each.start is not None]
    ends = [each.end for each in stated if each.end is not None]
    return Period(start=min(starts, default=None), end=max(ends, default=None))


def _linked(bill: Bill) -> dict[str, frozenset[str]]:
    """Numbers of the orders, contracts and deliveries it names, loosened."""
    found: dict[str, set[str]] = {}
    refs = [*bill.refs, *(ref for line in bill.lines for ref in line.refs)]
    for ref in refs:
        if ref.number and ref.role in _TELLING:
            found.setdefault(_TELLING[ref.role], set()).add(number_loose(ref.number))
    return {sort: frozenset(numbers) for sort, numbers in found.items()}
