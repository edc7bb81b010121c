"""Telling of approvals: an event without a change of state, noted as a step."""

from __future__ import annotations

from node_server.operations.document_facts import facts_of
from node_server.operations.keeping import Keeper
from node_server.store import records
from node_server.store.records import Stored

_LONGEST = 2000


def tell(keeper: Keeper, stored: Stored, event: str, why: str) -> Stored:
    """It counts as a step of the document, so that the event's id is its own."""
    state = stored.record.state or "received"
    on = keeper.moved(stored.record, state, event)
    keeper.note_step(on, on.state_seq, state, state, event, why[:_LONGEST])
    hold = stored.payment_hold
    records.restate(keeper.connection, on, facts_of(on), hold=hold, at=keeper.stamp)
    return stored.become(on)
