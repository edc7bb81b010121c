"""Parties and bills as they come in or change: screened, and their accounts compared."""

from __future__ import annotations

from typing import Any, Final

from canonical_model.documents.invoice import Bill
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.payment import Payment
from node_server.operations.controls_following import Handler, Happened
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.onboarding.accounts import check_accounts, difference
from node_server.operations.onboarding.changes import proposed
from node_server.operations.onboarding.screening import judge
from node_server.operations.terms import party_terms_of
from node_server.store import party_changes, records, revisions, terms
from node_server.store.records import Stored

ACTOR: Final = "control:screening"
_PAID: Final = (Bill, Payment)
_KINDS: Final = frozenset({"party", "invoice", "credit_note", "payment"})


def follow(house: House, tenant: str, record_id: str, happened: Happened) -> None:
    """Look at what has come in; what waits for a changed party is looked at again."""
    if happened.kind not in _KINDS:
        return
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        if stored is None or stored.record.state in ("archived", "rejected"):
            return
        keeper = Keeper(connection, tenant, ACTOR)
        if isinstance(stored.record.document, PartyDocument):
            judge(keeper, stored)
            _brought(keeper, tenant, record_id)
        else:
            check_accounts(keeper, stored)
        keeper.finish()
    if isinstance(stored.record.document, PartyDocument):
        _payables_again(house, tenant, stored)


def _brought(keeper: Keeper, tenant: str, record_id: str) -> None:
    """Accounts that a delivery has changed are a proposal like any other, of whoever brought it."""
    connection = keeper.connection
    stored = records.get(connection, tenant, record_id)
    last = party_changes.last(connection, tenant, record_id)
    open_one = last is not None and last["state"] in party_changes.OPEN
    if stored is None or open_one or difference(keeper, stored) is None:
        return
    document: Any = stored.record.document
    actor, keeper.actor = keeper.actor, revisions.last_actor(connection, tenant, record_id) or ACTOR
    proposed(keeper, stored, document.bank_accounts, "source", why="a delivery states it")
    keeper.actor = actor


def _payables_again(house: House, tenant: str, stored: Stored) -> None:
    """Bills of the party, and payments to it, that are not over yet."""
    wanted = [t for t in party_terms_of(stored.record.document) if t.startswith("party:")]
    with house.store.reading() as connection:
        ids = terms.find(connection, tenant, wanted) - {stored.record.id}
    for record_id in sorted(ids):
        with house.store.writing(f"{tenant}:record:{record_id}") as connection:
            found = records.get(connection, tenant, record_id, to_change=True)
            if found is None or not isinstance(found.record.document, _PAID) or _over(found):
                continue
            keeper = Keeper(connection, tenant, ACTOR)
            check_accounts(keeper, found)
            keeper.finish()


def _over(stored: Stored) -> bool:
    return stored.record.state in ("paid", "archived", "rejected")


HANDLER: Final = Handler(
    "screening", frozenset({"received", "revised", "source_attached", "reopened"}), follow
)
