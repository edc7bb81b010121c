"""Whether an account's statements follow each other without a gap, in the store."""

from __future__ import annotations

from typing import Any, Final

from canonical_model import wire
from canonical_model.controls.reconciliation import AccountContinuity, ContinuityFault, continuity
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.envelope import Record
from canonical_model.identity.bank_ledger import account_part
from canonical_model.identity.normalise import alphanumeric
from node_server.operations.excepting import Finding
from node_server.operations.house import House
from node_server.operations.reconciling.book import Book
from node_server.operations.terms import account_term, place_in_chain
from node_server.store import open_records, terms

CONTROL: Final = "continuity"
_KINDS: Final = ("bank_statement",)
_REACH: Final = 3
_ACTOR: Final = "control:reconciliation"


def chains(house: House, tenant: str, account: str | None) -> dict[str, Any]:
    """Every account's chain of statements with its faults."""
    with house.store.reading() as connection:
        found = open_records.of_kinds(connection, tenant, _KINDS)
        meant = {r.id or "": r for r in found if account is None or _is_of(r, account)}
    return {"data": [wire.to_plain(each) for each in continuity(meant)], "has_more": False}


def _is_of(record: Record, account: str) -> bool:
    document = record.document
    if not isinstance(document, BankStatement) or document.account is None:
        return False
    return account_part(document.account.id).partition(":")[2] == alphanumeric(account)


def follow(house: House, tenant: str, record: Record) -> None:
    """Say on a statement and the one after it what is wrong before them, or nothing any more.

    A statement that comes late closes the gap before the one after it. Only those next to it are
    read, however many the account has.
    """
    statement = record.document
    if not isinstance(statement, BankStatement) or statement.account is None:
        return
    place = {account_term(statement): place_in_chain(statement)}
    with house.store.reading() as connection:
        ids = {*terms.near(connection, tenant, place, _REACH), record.id or ""}
        known = {r.id or "": r for r in open_records.of_ids(connection, tenant, ids)}
    kept = {n: r for n, r in known.items() if r.state not in ("rejected", "archived")}
    found = continuity(kept)
    faults = {name: list[ContinuityFault]() for name in kept}
    for chain in found:
        for fault in chain.faults:
            faults[fault.statement].append(fault)
    for name in _near(record.id or "", found) & faults.keys():
        _note(house, tenant, name, faults[name])


def _near(record_id: str, found: list[AccountContinuity]) -> set[str]:
    """The statement and the one after it: only their faults may be others now."""
    near = {record_id}
    for chain in found:
        if record_id in chain.statements:
            after = chain.statements.index(record_id) + 1
            near |= set(chain.statements[after : after + 1])
    return near


def _note(house: House, tenant: str, record_id: str, faults: list[ContinuityFault]) -> None:
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        book = Book(connection, tenant, _ACTOR)
        for fault in faults:
            context = {"previous": fault.previous, "expected": fault.expected}
            context |= {"actual": fault.actual, "path": fault.path}
            said = {name: value for name, value in context.items() if value is not None}
            finding = Finding(CONTROL, fault.code, fault.message, holds=False, context=said)
            book.raise_on(record_id, finding)
        keep = {fault.code for fault in faults}
        book.settle(record_id, CONTROL, keep, "the statements follow each other")
        book.finish()
