"""Which entry of an account a bank transaction is, though banks repeat their references."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from msgspec import structs

from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, TxDetail, TxRefs
from canonical_model.identity.accounts import account_part
from canonical_model.identity.canonical_json import sha256_hex
from canonical_model.identity.normalise import amount_text, plain, remittance_text
from canonical_model.parts.identifier import Identifier

_NOT_BOOKED = frozenset({"pending", "info", "future"})
_INTRADAY = ("camt.052", "mt942")
# ISO 20022 EndToEndId, SWIFT MT940 field 61: what a bank writes where there is no reference
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"})
_NO_REFS: Final = TxRefs()


def ledger_parts(
    transaction: BankTransaction, account: Identifier | None = None
) -> list[str] | None:
    """Account, day, direction, currency, amount and reference: equal for identical entries.

    `account` stands in where the transaction is nested and names none. None for what is not in the
    ledger: pending entries, and those without account, booking date, direction or amount.
    """
    holder = account_part(transaction.account or account)
    day, amount = transaction.booking_date, transaction.amount
    if transaction.status in _NOT_BOOKED or day is None or amount is None:
        return None
    if not holder or transaction.direction is None:
        return None
    money = [plain(transaction.currency), amount_text(amount)]
    return [holder, day.isoformat(), transaction.direction, *money, reference_rung(transaction)]


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
    if servicer := _real(transaction.servicer_ref) or _real(refs.servicer):
        return f"svc:{servicer}"
    if provider := _real(refs.provider):
        return f"prov:{provider}"
    if end_to_end := _real(refs.end_to_end):
        return f"e2e:{end_to_end}"
    return f"txt:{_text_hash(transaction)}"


def is_reference(reference: str | None) -> bool:
    """Whether it refers to anything: blank ids and NOTPROVIDED do not."""
    return bool(_real(reference))


def _real(reference: str | None) -> str:
    text = plain(reference)
    return "" if text.upper() in _NO_REFERENCE else text


def _text_hash(transaction: BankTransaction) -> str:
    details = transaction.details
    said = " ".join(text for detail in details for text in detail.remittance)
    text = remittance_text(said) or remittance_text(transaction.description or "")
    return sha256_hex([text, " ".join(_others(details))])


def _others(details: list[TxDetail]) -> list[str]:
    stated = (detail.counterparty_account for detail in details)
    return [account_part(account.id) for account in stated if account is not None]


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
        if rank == transaction.occurrence:
            return transaction
        return structs.replace(transaction, occurrence=rank)


def number_transactions(statement: BankStatement) -> BankStatement:
    """The statement with every entry of the ledger numbered, and no other.

    Importing it again, or an overlapping one, gives the same keys as long as its days are complete.
    """
    account = statement.account.id if statement.account is not None else None
    counter = OccurrenceCounter(account, statement.format)
    numbered = [counter.numbered(transaction) for transaction in statement.transactions]
    return structs.replace(statement, transactions=numbered)
