"""A run: what is left over against what is open; proposals kept, sure ones carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from canonical_model.controls.reconciliation import (
    Reconciliation,
    ReconciliationPolicy,
    reconcile,
)
from node_server.operations.control_settings import in_force
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.reconciling import accepting, places
from node_server.operations.reconciling.accepting import BY_ITSELF, Carrying
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.closing import close_lines
from node_server.operations.reconciling.gathering import Scope, Work, gather
from node_server.operations.reconciling.ledger import Ledger
from node_server.operations.reconciling.proposing import Made, made_of, store, withdraw
from node_server.store import clock, open_records, proposals

SETTINGS: Final = "reconciliation"
_AT_ONCE: Final = 50
_MOST_TOLD: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has come to, and on which terms."""

    work: Work
    outcome: Reconciliation
    policy: ReconciliationPolicy


def run(house: House, tenant: str, who: str, scope: Scope) -> dict[str, Any]:
    """Reconcile what the scope says; what came of it in figures."""
    found = _look(house, tenant, scope)
    owner = {"tenant": tenant, "made_by": who, "made_at": clock.stamp()}
    made = [made_of(each, found.work, found.policy, owner) for each in found.outcome.proposals]
    with house.store.writing(f"{tenant}:reconciliation") as connection:
        states = store(connection, tenant, made)
        gone = withdraw(connection, tenant, found.work, states)
    sure = _sure(house, tenant, [each for each in made if states[each.id] == "proposed"])
    accepted = _accept(house, tenant, sure, found.policy)
    touched = {name for each in sure for name in each.records if name in found.work.lines}
    _close(house, tenant, touched | found.work.elsewhere)
    return _told(found, states, accepted, gone)


def run_for(house: House, tenant: str, who: str, items: Sequence[str]) -> dict[str, Any] | None:
    """Reconcile the bank lines that these documents may be paid by; None where there is none.

    Whether a line is sure can only be said with all that is open: so that these documents only
    tell which lines are to be looked at.
    """
    found = _look(house, tenant, Scope(), items)
    proposed = found.outcome.proposals
    lines = {places.of_line(line).record_id for each in proposed for line in each.lines}
    return run(house, tenant, who, Scope(lines=tuple(sorted(lines)))) if lines else None


def _look(house: House, tenant: str, scope: Scope, only: Sequence[str] | None = None) -> Found:
    context = context_of(house, tenant)
    with house.store.reading() as connection:
        policy = in_force(connection, tenant, SETTINGS, ReconciliationPolicy)
        work = gather(connection, tenant, scope, only)
    outcome = reconcile(
        work.lines, work.items, policy, context, taken=work.taken, refused=work.refused
    )
    return Found(work, outcome, policy)


def _sure(house: House, tenant: str, made: Sequence[Made]) -> list[Made]:
    """Those that need no person; what somebody must look at anyway is left to them."""
    sure = [each for each in made if each.proposal.decision == "accept"]
    with house.store.reading() as connection:
        names = sorted({name for each in sure for name in each.records})
        held = open_records.held(connection, tenant, names)
    return [each for each in sure if held.isdisjoint(each.records)]


def _accept(
    house: House, tenant: str, sure: Sequence[Made], policy: ReconciliationPolicy
) -> list[str]:
    accepted: list[str] = []
    for first in range(0, len(sure), _AT_ONCE):
        ids = [each.id for each in sure[first : first + _AT_ONCE]]
        accepted += _accept_some(house, tenant, ids, policy)
    return accepted


def _accept_some(
    house: House, tenant: str, ids: list[str], policy: ReconciliationPolicy
) -> list[str]:
    with house.store.writing(*accepting.room(house, tenant, ids)) as connection:
        found = list(accepting.standing(connection, tenant, ids).values())
        found = [each for each in found if each.row["state"] == "proposed"]
        book = Book(connection, tenant, BY_ITSELF)
        carrying = Carrying(book, Ledger(book), policy.accounts)
        carrying.load(found)
        for each in found:
            why = carrying.objection(each)
            if why is None:
                carrying.carry_out(each)
            else:
                proposals.supersede(connection, tenant, [each.id], why)
        carrying.finish(sorted({name for each in found for name in each.records("item")}))
        book.finish()
    return list(carrying.accepted)


def _close(house: House, tenant: str, record_ids: set[str]) -> None:
    wanted = sorted(record_ids)
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        locks = {f"{tenant}:record:{each}" for each in some}
        with house.store.writing(*locks) as connection:
            book = Book(connection, tenant, BY_ITSELF)
            close_lines(book, some)
            book.finish()


def _told(found: Found, states: dict[str, str], accepted: list[str], gone: int) -> dict[str, Any]:
    outcome = found.outcome
    open_ = [name for name, state in states.items() if state == "proposed"]
    waiting = [name for name in open_ if name not in set(accepted)]
    unmatched = [
        {"line": each.handle, "why": each.why, "near": list(each.near)}
        | ({"detail": each.detail} if each.detail is not None else {})
        for each in outcome.unmatched_lines[:_MOST_TOLD]
    ]
    return {
        "lines": len(found.work.covered),
        "items": len(found.work.items),
        "accepted": len(accepted),
        "proposed": len(waiting),
        "withdrawn": gone,
        "unmatched": len(outcome.unmatched_lines),
        "proposals": [*accepted, *waiting][:_MOST_TOLD],
        "unmatched_lines": unmatched,
    }
