"""What makes two deliveries one party, bank account or row of a list."""

from __future__ import annotations

from canonical_model.documents.bank_account import BankAccountDocument
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.ref_data import RefData
from canonical_model.envelope import Context, Source
from canonical_model.identity.accounts import bank_part, scheme_and_value
from canonical_model.identity.key_parts import Found
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import NATURAL
from canonical_model.identity.rungs import strong_rungs


def party(document: PartyDocument, source: Source, context: Context) -> Found:
    """Each strong rung; a name or a shared account does not make a master record."""
    return [(basis, [rung]) for basis, rung in strong_rungs(document)]


def bank_account(document: BankAccountDocument, source: Source, context: Context) -> Found:
    """Scheme and number, and the bank where the number does not include it."""
    named = scheme_and_value(document.id)
    if named is None:
        return []
    # The same account number exists at many banks; an IBAN includes its bank.
    bank = [] if named[0] == "iban" else [bank_part(document)]
    return [(NATURAL, [*named, *bank])]


def ref_data(document: RefData, source: Source, context: Context) -> Found:
    """The code in its list of one ledger."""
    code = plain(document.code)
    if not (document.list and code):
        return []
    # Ledgers number their lists as they like, and the values of each dimension anew.
    ledger = [plain(context.entity), plain(source.system), plain(source.connection)]
    parent = plain(document.parent) if document.list == "dimension_value" else ""
    return [(NATURAL, [*ledger, document.list, parent, code])]
