"""Which entry of an account a bank transaction is, though banks repeat their references."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from msgspec import structs

from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, TxRefs
from canonical_model.identity.canonical_json import sha256_hex
from canonical_model.identity.normalise import (
    alphanumeric,
    amount_text,
    iban,
    plain,
    remittance_text,
)
from canonical_model.parts.identifier import Identifier

_NOT_BOOKED = frozenset({"pending", "info", "future"})
_INTRADAY = ("camt.052", "mt942")
# ISO 20022 EndToEndId, SWIFT MT940 field 61: what a bank writes where there is no reference
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"})
_NO_REFS: Final = TxRefs()


def scheme_and_value(account: Identifier | None) -> tuple[str, str]:
    """`iban` for whatever is one, else the stated scheme, which may be empty; no value for none.

    A BBAN keeps its leading zeros; an IBAN with wrong check digits is kept as a plain number.
    """
    if account is None:
        return "", ""
    if valid := iban(account.value):
        return "iban", valid
    return (account.scheme or "").strip().casefold(), alphanumeric(account.value)


def account_part(account: Identifier | None) -> str:
    """The account as one part of a key, empty for none."""
    scheme, value = scheme_and_value(account)
    return f"{scheme}:{value}" if value else ""


def ledger_parts(
    transaction: BankTransaction, account: Identifier | None = None
) -> list[str] | None:
    """Account, day, direction, currency, amount and reference: equal for identical entries.

    `account` stands in where the transaction is nested and names none. None for what is not in the
    ledger: pending entries, and those without account, booking date, direction or amount.
    """
    holder = account_part(transaction.account or account)
    day, side, amount = transaction.booking_date, transaction.direction, transaction.amount
    if not holder or day is None or side is None or amount is None:
        return None
    if transaction.status in _NOT_BOOKED:
        return None
    money = [plain(transaction.currency), amount_text(amount)]
    return [holder, day.isoformat(), side, *money, reference_rung(transaction)]


def transaction_parts(
    transaction: BankTransaction, account: Identifier | None = None
) -> list[str] | None:
    """The natural key's parts; None too for an entry that was not numbered, which has no rank."""
    parts = ledger_parts(transaction, account) if transaction.occurrence else None
    return parts and [*parts, str(transaction.occurrence)]


def reference_rung(transaction: BankTransaction) -> str:
    """The best reference there is: the bank's, the feed's, the payer's, else the text."""
    details = transaction.details
    refs = (details[0].refs if len(details) == 1 else None) or _NO_REFS
    servicer = real_reference(transaction.servicer_ref) or real_reference(refs.servicer)
    offered = {"svc": servicer, "prov": refs.provider, "e2e": refs.end_to_end}
    for rung, reference in offered.items():
        if real := real_reference(reference):
            return f"{rung}:{real}"
    return f"txt:{_text_hash(transaction)}"


def real_reference(reference: str | None) -> str:
    """The reference; empty for what refers to nothing, such as blanks and NOTPROVIDED."""
    text = plain(reference)
    return "" if text.upper() in _NO_REFERENCE else text


def _text_hash(transaction: BankTransaction) -> str:
    details = transaction.details
    said = remittance_text(" ".join(text for detail in details for text in detail.remittance))
    stated = (detail.counterparty_account for detail in details)
    others = [account_part(account.id) for account in stated if account is not None]
    text = said or remittance_text(transaction.description or "")
    return sha256_hex([text, " ".join(others)])


class OccurrenceCounter:
    """Ranks identical entries of one account and day in file order, for entries that stream in.

    One counter serves one file; it remembers 32 bytes for each different entry.
    """

    def __init__(self, account: Identifier | None = None, format: str | None = None) -> None:
        self._account = account
        self._intraday = (format or "").strip().lower().startswith(_INTRADAY)
        self._seen: dict[bytes, int] = {}

    def occurrence(self, transaction: BankTransaction) -> int | None:
        """The next rank, from 1; None for an intraday, pending or incomplete entry."""
        parts = None if self._intraday else ledger_parts(transaction, self._account)
        if parts is None:
            return None
        entry = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
        rank = self._seen.get(entry, 0) + 1
        self._seen[entry] = rank
        return rank

    def numbered(self, transaction: BankTransaction) -> BankTransaction:
        """The transaction with its rank; a rank it came with is not trusted."""
        rank = self.occurrence(transaction)
        same = rank == transaction.occurrence
        return transaction if same else structs.replace(transaction, occurrence=rank)


def number_transactions(statement: BankStatement) -> BankStatement:
    """The statement with every entry of the ledger numbered, and no other.

    Importing it again, or an overlapping one, gives the same keys as long as its days are complete.
    """
    account = statement.account.id if statement.account is not None else None
    counter = OccurrenceCounter(account, statement.format)
    numbered = [counter.numbered(transaction) for transaction in statement.transactions]
    return structs.replace(statement, transactions=numbered)
