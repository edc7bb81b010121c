"""Parties of the store that a document speaks of, and the accounts that we trust them with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from canonical_model.controls.screening import party_terms
from canonical_model.documents import AnyDocument
from canonical_model.documents.invoice import Bill
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.payment import Payment
from canonical_model.identity import WEAK_RUNGS, rungs
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.party import Party
from node_server.store import party_changes, records, revisions, terms
from node_server.store.records import Stored

_ACCOUNTS = msgspec.json.Decoder(dict[str, list[BankAccount]])
_NO_PROOF = frozenset({"iban"})


def known_payees(connection: Connection, tenant: str, document: AnyDocument) -> list[Stored]:
    """Our records of whom a bill or a payment is to be paid to."""
    if isinstance(document, Bill):
        return parties_named(connection, tenant, document.payee or document.seller)
    return (
        parties_named(connection, tenant, document.payee) if isinstance(document, Payment) else []
    )


def parties_named(connection: Connection, tenant: str, party: Party | None) -> list[Stored]:
    """Our records of a party: by what names it for sure, else by its name and country."""
    found = [(basis, rung) for basis, rung in rungs(party) if basis not in _NO_PROOF]
    for wanted in (_strong(found), [rung for _, rung in found]):
        ids = terms.find(connection, tenant, [f"party:{rung}" for rung in wanted])
        if stored := _parties(connection, tenant, ids):
            return stored
    return []


def parties_like(connection: Connection, tenant: str, party: Party) -> dict[str, Party]:
    """Parties of the store that may be this one, by their ids."""
    wanted = [f"like:{term}" for term in party_terms(party)]
    ids = terms.find_few(connection, tenant, wanted)
    return {
        each.record.id or "": each.record.document
        for each in _parties(connection, tenant, ids)
        if isinstance(each.record.document, PartyDocument)
    }


def vetted(connection: Connection, stored: Stored) -> Party | None:
    """The party with the accounts that it came in with, or that its last change has left it."""
    document, tenant, record_id = stored.record.document, stored.record.tenant, stored.record.id
    if not isinstance(document, PartyDocument):
        return None
    last = party_changes.last(connection, tenant or "", record_id or "")
    if last is not None:
        accounts = _ACCOUNTS.decode(last["accounts"])[
            "after" if last["state"] == "applied" else "before"
        ]
        return structs.replace(document, bank_accounts=accounts)
    first = revisions.first(connection, tenant or "", record_id or "")
    came = first.document if first is not None else document
    return structs.replace(document, bank_accounts=getattr(came, "bank_accounts", []))


def _strong(found: list[tuple[str, str]]) -> list[str]:
    return [rung for basis, rung in found if basis not in WEAK_RUNGS]


def _parties(connection: Connection, tenant: str, ids: Iterable[str]) -> list[Stored]:
    found = (records.get(connection, tenant, each) for each in sorted(ids))
    return [
        each
        for each in found
        if each is not None
        and isinstance(each.record.document, PartyDocument)
        and each.record.state != "archived"
    ]
