"""Suspicions over the store: each bill against those that share something with it, by index alone.

Of two that may be one, the one that came later is held. Nothing is ever rejected for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.base.issue import Issue
from canonical_model.controls.duplicates import Duplicate, DuplicatePolicy, duplicates_of
from canonical_model.controls.duplicates.profile import counts
from canonical_model.documents import kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Record
from canonical_model.lifecycle import DECIDED
from node_server.operations import terms as naming
from node_server.operations.control_settings import in_force
from node_server.operations.controls_following import ACTOR, Handler, Happened
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.excepting.finding import DUPLICATES
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import records, terms
from node_server.store.records import Stored

SUSPECTED: Final = "duplicate_suspected"
_USUAL: Final = DuplicatePolicy()
_NEW: Final = sys.maxsize
"""The position of what has come just now: after all others."""
_SUSPECT: Final = "suspect"
_CHANGES: Final = frozenset(
    {"revised", "source_attached", "rejected", "archived", "voided", "reopened", "approved"}
)
_MOST_TOLD: Final = 20


def suspicions(connection: Connection, tenant: str, record: Record) -> list[Duplicate]:
    """What a record is suspected of among all that the tenant has, most likely first."""
    found = naming.duplicate_terms(record)
    ids = _near(connection, tenant, found, _USUAL) - {record.id}
    if not ids:
        return []
    policy = in_force(connection, tenant, DUPLICATES, DuplicatePolicy)
    if policy.neighbours != _USUAL.neighbours:
        ids = _near(connection, tenant, found, policy) - {record.id}
    candidates = records.get_all(connection, [(tenant, each) for each in ids])
    others = {name: each.record for (_, name), each in candidates.items()}
    return duplicates_of(record.id or "", record, others, policy)


def _near(
    connection: Connection, tenant: str, found: Mapping[str, str], policy: DuplicatePolicy
) -> set[str]:
    return terms.near(connection, tenant, found, policy.neighbours) if found else set()


def judge(keeper: Keeper, stored: Stored) -> tuple[Stored, list[Duplicate]]:
    """Hold a document for what it may be a copy of, or let it go; what it is suspected of.

    The caller has the lock of the record.
    """
    connection, tenant, record = keeper.connection, keeper.tenant, stored.record
    if not isinstance(record.document, Bill):
        return stored, []
    found = suspicions(connection, tenant, record)
    mine = [each for each in found if each.verdict != "link" and _waits(keeper, stored, each)]
    new = stored.position == _NEW
    before = [] if new else terms.kept(connection, tenant, record.id or "", _SUSPECT)
    if not mine and not before:
        return stored, found
    terms.put(connection, tenant, record.id or "", _SUSPECT, [other(record, each) for each in mine])
    stored = _with_issue(keeper, stored, mine)
    if not mine:
        return settle(keeper, stored, DUPLICATES, why="nothing is like it any more"), found
    if not before:
        keeper.tell(stored.record, SUSPECTED)
    return raise_on(keeper, stored, _finding(keeper, stored.record, mine)), found


def judge_kept(
    keeper: Keeper, record: Record, *, held: bool, new: bool
) -> tuple[Record, bool, Duplicate | None]:
    """The same for a record that was kept just now; with what it is most likely a copy of."""
    if not isinstance(record.document, Bill) or _in_conflict(record):
        return record, held, None
    stored = Stored(record, _NEW, keeper.actor, held)
    if not new:
        kept = records.get(keeper.connection, keeper.tenant, record.id or "")
        stored = kept or stored
    stored, found = judge(keeper, stored)
    first = next((each for each in found if each.verdict != "link"), None)
    return stored.record, stored.payment_hold, first


def _in_conflict(record: Record) -> bool:
    """Whether it is held already because another document has its number."""
    return record.exception is not None and record.exception.code == "natural_key_conflict"


def _waits(keeper: Keeper, stored: Stored, found: Duplicate) -> bool:
    """Whether this one of the two is held: the one that was not decided about, else the later."""
    wanted = records.get(keeper.connection, keeper.tenant, other(stored.record, found))
    return wanted is not None and _turn(wanted) < _turn(stored)


def _turn(stored: Stored) -> tuple[bool, int]:
    held = stored.record.exception
    state = held.from_state if held is not None else stored.record.state
    return state not in DECIDED, stored.position


def other(record: Record, found: Duplicate) -> str:
    """The id of the other one of the two."""
    return found.other if found.one == record.id else found.one


def _finding(keeper: Keeper, record: Record, found: list[Duplicate]) -> Finding:
    """One exception for all that a document may be a copy of."""
    first = found[0]
    context = {
        "score": str(first.score),
        "record": other(record, first),
        "records": _told(keeper, [other(record, each) for each in found[:_MOST_TOLD]]),
        "suspicions": [wire.to_plain(each) for each in found[:_MOST_TOLD]],
    }
    summary = f"perhaps the same as {other(record, first)} ({first.score}): {first.why}"
    holds = any(each.verdict == "hold" for each in found)
    return Finding(DUPLICATES, SUSPECTED, summary, holds=holds, context=context)


def _told(keeper: Keeper, ids: Iterable[str]) -> list[dict[str, Any]]:
    wanted = [(keeper.tenant, each) for each in ids]
    found = records.get_all(keeper.connection, wanted) if wanted else {}
    return [
        {
            "id": each.record.id,
            "kind": kind_of(each.record.document),
            "number": getattr(each.record.document, "number", None),
            "state": each.record.state,
        }
        for each in found.values()
    ]


def _with_issue(keeper: Keeper, stored: Stored, found: list[Duplicate]) -> Stored:
    """The record with the warning that it is like another, or without it."""
    record = stored.record
    issues = [each for each in record.issues if each.code != SUSPECTED]
    if found:
        issues.append(issue_of(other(record, found[0]), found[0].why))
    if issues == record.issues:
        return stored
    record = structs.replace(record, issues=issues)
    hold = stored.payment_hold
    records.restate(keeper.connection, record, facts_of(record), hold=hold, at=keeper.stamp)
    return Stored(record, stored.position, stored.created_by, hold)


def issue_of(other: str, why: str) -> Issue:
    """The warning that a document may be another one."""
    return Issue(
        code=SUSPECTED,
        severity="warning",
        message=f"perhaps the same as {other}: {why}",
        actual=other,
        hint="compare both; release the hold, or archive one of them as a duplicate",
    )


def judge_document(house: House, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """Judge a stored document again; what it is suspected of, links with credits included."""
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        keeper = Keeper(connection, tenant, ACTOR.format(DUPLICATES))
        stored = records.get(connection, tenant, record_id, to_change=True)
        if stored is None:
            return []
        if not counts(stored.record):
            terms.put(connection, tenant, record_id, _SUSPECT, [])
            return []
        _, found = judge(keeper, stored)
        keeper.finish()
    return [wire.to_plain(each) for each in found]


def follow(house: House, tenant: str, record_id: str, _: Happened) -> None:
    """Judge a document again that has changed, and those that are held for being like it."""
    with house.store.reading() as connection:
        held = terms.find(connection, tenant, [f"{_SUSPECT}:{record_id}"])
    for each in (record_id, *sorted(held)):
        judge_document(house, tenant, each)


HANDLER: Final = Handler(DUPLICATES, _CHANGES, follow)
