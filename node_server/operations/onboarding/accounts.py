"""Accounts that a party or its bill states, against those that we trust it with."""

from __future__ import annotations

from typing import Any, Final

from canonical_model import wire
from canonical_model.controls.screening import (
    BankDetailCheck,
    OnboardingSettings,
    check_bank_details,
)
from canonical_model.documents import AnyDocument
from canonical_model.documents.invoice import Bill
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.payment import Payment
from canonical_model.parts.party import Party
from node_server.operations.control_settings import in_force
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.keeping import Keeper
from node_server.operations.vetting import known_payees, vetted
from node_server.store.records import Stored

CONTROL: Final = "bank_details"
CHANGED: Final = "bank_account_changed"
_TOLD: Final = frozenset({"unverified", "account_gone"})


def check_accounts(keeper: Keeper, stored: Stored) -> Stored:
    """Hold a bill or payment to an account which is not that of its payee as we know it."""
    check = _check(keeper, stored)
    settings = in_force(keeper.connection, keeper.tenant, "onboarding", OnboardingSettings)
    ignored = check is None or check.code is None
    if check is None or ignored or (check.verdict == "unverified" and not settings.hold_unverified):
        return settle(keeper, stored, CONTROL, (), "the account is one that we know")
    stored = raise_on(keeper, stored, finding_of(check))
    return settle(keeper, stored, CONTROL, [check.code or ""], "the account is known")


def finding_of(check: BankDetailCheck, **context: Any) -> Finding:
    """Why a document is held for its accounts."""
    gravest = next((each for each in check.changes if each.kind not in _TOLD), check.changes[0])
    summary = f"account {gravest.account}: {gravest.why}"
    told = {"changes": [wire.to_plain(each) for each in check.changes], **context}
    return Finding(CONTROL, check.code or CHANGED, summary, moves=True, context=told)


def _check(keeper: Keeper, stored: Stored) -> BankDetailCheck | None:
    """The kindest verdict over our records of the payee; none where we have no such record."""
    told = _stated(stored.record.document)
    if told is None:
        return None
    found = known_payees(keeper.connection, keeper.tenant, stored.record.document)
    trusted = [party for each in found if (party := vetted(keeper.connection, each)) is not None]
    checks = [check_bank_details(party, told) for party in trusted]
    return min(checks, key=lambda each: _GRAVITY[each.verdict], default=None)


def _stated(document: AnyDocument) -> Party | Bill | None:
    """What says where the money is to go; nothing where it comes to us."""
    if isinstance(document, Bill):
        return document if document.direction != "receivable" else None
    if isinstance(document, Payment) and document.direction != "in" and document.to_account:
        return Party(bank_accounts=[document.to_account])
    return None


_GRAVITY: Final = {"none": 0, "known": 0, "unverified": 1, "changed": 2}


def difference(keeper: Keeper, stored: Stored) -> BankDetailCheck | None:
    """How the accounts of a party differ from those that were vetted; nothing if they do not."""
    trusted = vetted(keeper.connection, stored)
    document = stored.record.document
    if trusted is None or not isinstance(document, PartyDocument):
        return None
    check = check_bank_details(trusted, document)
    differs = [each for each in check.changes if each.kind != "unverified"]
    return check if differs else None
