"""What the controls say of documents out of files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from canonical_model import wire
from canonical_model.base.scalars import Part
from canonical_model.controls.agreement import disagreements
from canonical_model.controls.duplicates import DuplicatePolicy, find_duplicates
from canonical_model.controls.landed_cost import CostSheet
from canonical_model.controls.match import MatchSettings, match_all
from canonical_model.controls.policy import (
    Directory,
    InvalidSettings,
    Policy,
    difference,
    evaluate,
    facts_of,
    run_cases,
)
from canonical_model.controls.reconciliation import ReconciliationPolicy, reconcile
from canonical_model.controls.settings import read_settings
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context
from node_server.errors import Refusal
from node_server.operations.controlling import asking
from node_server.operations.controlling.gathering import Gathered, read_tree
from node_server.operations.governing.reading import policy_of as policy_in

LINES = ("bank_statement", "bank_transaction")


def settings_of(path: str | None, shape: type[Part]) -> Any:
    """Settings from a file; the usual ones without."""
    if path is None:
        return shape()
    try:
        return read_settings(read_tree(path), shape)
    except InvalidSettings as error:
        raise _invalid(path, error) from None


def policy_of(path: str) -> Policy:
    """A policy from a file, with all its faults at once where it is none."""
    try:
        return policy_in(Path(path).read_bytes())
    except OSError as error:
        raise Refusal(400, "body_unreadable", f"{path}: {error.strerror}") from None
    except Refusal as refusal:
        refusal.message = f"{path}: {refusal.message}"
        raise


def _invalid(path: str, error: InvalidSettings) -> Refusal:
    errors = [
        {"path": each.path or "", "code": each.code, "message": each.message}
        | ({"hint": each.hint} if each.hint else {})
        for each in error.issues
    ]
    return Refusal(422, "body_invalid", f"{path}: {error}", errors=errors)


def matched(found: Gathered, tolerances: str | None, context: Context) -> list[dict[str, Any]]:
    """Each invoice and credit note against all the rest."""
    settings = settings_of(tolerances, MatchSettings)
    every = {handle: record.document for handle, record in found.records.items()}
    bills = {h: d for h, d in every.items() if isinstance(d, Bill)}
    documents = [d for d in every.values() if not isinstance(d, Bill)]
    told: dict[str, dict[str, Any]] = {}
    for direction in (None, "payable", "receivable"):
        mine = {h: d for h, d in bills.items() if d.direction == direction}
        results = match_all(list(mine.values()), documents, settings, context)
        told |= {h: {"file": h, **wire.to_plain(r)} for h, r in zip(mine, results, strict=True)}
    return [told[handle] for handle in bills]


def duplicates(found: Gathered, policy: str | None, context: Context) -> list[dict[str, Any]]:
    """Pairs that may be one, most likely first."""
    usual = settings_of(policy, DuplicatePolicy)
    return [wire.to_plain(each) for each in find_duplicates(found.records, usual, context)]


def accrued_of(
    found: Gathered,
    tolerances: str | None,
    on: datetime.date,
    accounts: tuple[str, str] | None,
    reversed_on: datetime.date | None,
) -> dict[str, Any]:
    """What was received and not invoiced, by all the documents."""
    settings = settings_of(tolerances, MatchSettings)
    documents = [each.document for each in found.records.values()]
    return asking.accrued(documents, on, settings, accounts, reversed_on)


def landed(
    found: Gathered, sheet: str | None, named: list[dict[str, str]], currency: str | None
) -> dict[str, Any]:
    """Costs of a file and of the command line onto the receipts."""
    tree = read_tree(sheet) if sheet is not None else {}
    if not isinstance(tree, dict):
        raise Refusal(422, "body_invalid", f"{sheet}: no costs; write `costs:` and a list")
    tree["costs"] = [*(tree.get("costs") or []), *named]
    if currency is not None:
        tree["currency"] = currency
    documents = [each.document for each in found.records.values()]
    return asking.costed(documents, asking.settings_from(tree, CostSheet))


def reconciled(found: Gathered, policy: str | None, context: Context) -> dict[str, Any]:
    """Bank lines against whatever else was given."""
    usual = settings_of(policy, ReconciliationPolicy)
    outcome = reconcile(found.of(*LINES), found.besides(*LINES), usual, context)
    plain: dict[str, Any] = wire.to_plain(outcome)
    return plain


def compared(left: Gathered, right: Gathered, context: Context) -> dict[str, Any]:
    """What two systems say of the same documents."""
    now = datetime.datetime.now(datetime.UTC)
    plain: dict[str, Any] = wire.to_plain(disagreements(left.records, right.records, now, context))
    return plain


def tested(path: str, directory: str | None) -> dict[str, Any]:
    """A policy's own cases."""
    people = settings_of(directory, Directory) if directory else None
    plain: dict[str, Any] = wire.to_plain(run_cases(policy_of(path), people))
    return plain


def differing(old: str, new: str) -> dict[str, Any]:
    """What is written, and decided, differently in the newer of two versions."""
    plain: dict[str, Any] = wire.to_plain(difference(policy_of(old), policy_of(new)))
    return plain


def decided(
    policy: str, found: Gathered, facts: Mapping[str, Any], on: datetime.date, directory: str | None
) -> list[dict[str, Any]]:
    """What a policy says of each document, with what only the caller knows."""
    read = policy_of(policy)
    people = settings_of(directory, Directory) if directory else None
    return [
        {
            "file": handle,
            **wire.to_plain(
                evaluate(read, facts_of(record.document, **facts), on=on, directory=people)
            ),
        }
        for handle, record in found.records.items()
    ]
