"""Reconciling documents that a caller hands in: nothing is stored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from canonical_model import wire
from canonical_model.base.issue import Issue
from canonical_model.controls.policy import InvalidSettings
from canonical_model.controls.reconciliation import ReconciliationPolicy, reconcile
from canonical_model.controls.settings import read_settings
from canonical_model.envelope import Context, Record
from canonical_model.errors import InvalidDocument
from canonical_model.record import make_record
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.reconciling.running import SETTINGS


def reconciled(house: House, tenant: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What settles what, on the given terms or those of the tenant."""
    context = context_of(house, tenant)
    lines = records_of(body["lines"], "lines", context)
    items = records_of(body["open_items"], "open_items", context)
    policy = _policy(house, tenant, body.get("settings"))
    outcome: dict[str, Any] = wire.to_plain(reconcile(lines, items, policy, context))
    return outcome


def _policy(house: House, tenant: str, stated: Any) -> ReconciliationPolicy:
    if stated is None:
        with house.store.reading() as connection:
            return in_force(connection, tenant, SETTINGS, ReconciliationPolicy)
    try:
        return read_settings(stated, ReconciliationPolicy)
    except InvalidSettings as error:
        raise Refusal(422, "body_invalid", str(error), errors=_places(error.issues)) from None


def records_of(
    stated: Sequence[Mapping[str, Any]], side: str, context: Context
) -> dict[str, Record]:
    """Documents as they were given, by id or by place; all that are none are told."""
    found: dict[str, Record] = {}
    faults: list[Issue] = []
    for number, each in enumerate(stated):
        place = f"{side}.{number}"
        plain = each.get("document", each)
        try:
            record = make_record(wire.decode(msgspec.json.encode(plain)), context=context)
        except InvalidDocument as error:
            faults += (msgspec.structs.replace(i, path=_at(place, i.path)) for i in error.issues)
            continue
        name = each.get("id") if "document" in each else None
        found[name if isinstance(name, str) else place] = record
    if faults:
        message = f"{faults[0].path}: {faults[0].message}"
        raise Refusal(422, "document_invalid", message, errors=_places(faults))
    return found


def _at(place: str, path: str | None) -> str:
    return f"{place}.{path}" if path else place


def _places(issues: Sequence[Issue]) -> list[dict[str, str]]:
    return [
        {"path": each.path or "", "code": each.code, "message": each.message}
        | ({"hint": each.hint} if each.hint else {})
        for each in issues
    ]


def day(stated: str) -> datetime.date:
    """A day of the calendar."""
    try:
        return datetime.date.fromisoformat(stated)
    except ValueError:
        message = f"{stated} is no day of the calendar"
        raise Refusal(422, "body_invalid", message, hint="write it as 2026-01-31") from None
