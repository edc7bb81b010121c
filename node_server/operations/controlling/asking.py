"""The controls on documents that a caller sends along: nothing is stored, nothing is held."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from canonical_model import wire
from canonical_model.base.scalars import Part
from canonical_model.controls.accruals import accrual_journals, received_not_invoiced
from canonical_model.controls.duplicates import DuplicatePolicy, find_duplicates
from canonical_model.controls.landed_cost import CostSheet, landed_cost
from canonical_model.controls.match import MatchSettings, match
from canonical_model.controls.policy import InvalidSettings
from canonical_model.controls.settings import read_settings
from canonical_model.documents import AnyDocument
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context, Record
from canonical_model.errors import InvalidDocument
from canonical_model.record import make_record
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.entities import context_of
from node_server.operations.house import House

_P = TypeVar("_P", bound=Part)


def match_given(
    house: House,
    tenant: str,
    bill: Mapping[str, Any],
    others: Sequence[Mapping[str, Any]],
    settings: Any,
) -> dict[str, Any]:
    """One invoice or credit note against the documents that come with it."""
    context = context_of(house, tenant)
    (record,) = _records([bill], "document", context)
    if not isinstance(record.document, Bill):
        message = "only invoices and credit notes are matched"
        raise Refusal(422, "body_invalid", message, errors=[_fault("document.kind", message)])
    documents = [each.document for each in _records(others, "documents", context)]
    rules = _settings(house, tenant, "match", MatchSettings, settings)
    return _plain(match(record.document, documents, rules, context))


def duplicates_given(
    house: House, tenant: str, records: Sequence[Mapping[str, Any]], settings: Any
) -> list[dict[str, Any]]:
    """Pairs among the documents sent that may be one, by their places in the list."""
    context = context_of(house, tenant)
    given = _records(records, "documents", context)
    found = {str(place): each for place, each in enumerate(given)}
    policy = _settings(house, tenant, "duplicates", DuplicatePolicy, settings)
    return [_plain(each) for each in find_duplicates(found, policy, context)]


def landed_cost_given(
    house: House, tenant: str, records: Sequence[Mapping[str, Any]], sheet: Any
) -> dict[str, Any]:
    """Costs on the receipts among the documents sent."""
    context = context_of(house, tenant)
    documents = [each.document for each in _records(records, "documents", context)]
    read: CostSheet = settings_from(sheet, CostSheet)
    return costed(documents, read)


def costed(documents: Sequence[AnyDocument], sheet: CostSheet) -> dict[str, Any]:
    """Costs on receipts, as JSON."""
    packed = sheet.conversions
    found = landed_cost(documents, sheet.costs, currency=sheet.currency, conversions=packed)
    return {"lines": [], "unallocated": []} | _plain(found)


def accrued(
    documents: Sequence[AnyDocument],
    on: datetime.date,
    settings: MatchSettings,
    accounts: tuple[str, str] | None,
    reversed_on: datetime.date | None,
) -> dict[str, Any]:
    """What was received and not invoiced; with accounts, the journals of it too."""
    report = received_not_invoiced(documents, on, settings)
    told = {"lines": [], "totals": []} | _plain(report)
    if accounts is None:
        return told
    day = reversed_on or on + datetime.timedelta(days=1)
    journals = accrual_journals(report, accrued=accounts[0], expense=accounts[1], reversed_on=day)
    return told | {"journals": [_plain(each) for each in journals]}


def settings_from(tree: Any, shape: type[_P]) -> _P:
    """Settings that a caller sends along; a refusal that names all their faults."""
    try:
        return read_settings(tree, shape)
    except InvalidSettings as error:
        errors = [
            _fault(each.path or "", each.message) | ({"hint": each.hint} if each.hint else {})
            for each in error.issues
        ]
        raise Refusal(422, "body_invalid", str(error), errors=errors) from None


def _settings(house: House, tenant: str, name: str, shape: type[_P], given: Any) -> _P:
    if given is not None:
        return settings_from(given, shape)
    with house.store.reading() as connection:
        return in_force(connection, tenant, name, shape)


def _records(given: Sequence[Mapping[str, Any]], where: str, context: Context) -> list[Record]:
    """Documents of the canonical model, or whole records as `map` gives them."""
    found: list[Record] = []
    errors: list[dict[str, str]] = []
    for place, each in enumerate(given):
        try:
            found.append(_record(each, context))
        except InvalidDocument as error:
            path = f"{where}[{place}]" if where == "documents" else where
            errors += [_fault(f"{path}.{i.path or ''}", i.message) for i in error.issues]
    if errors:
        first = errors[0]
        message = f"{first['path']}: {first['message']}"
        raise Refusal(422, "document_invalid", message, errors=errors)
    return found


def _record(given: Mapping[str, Any], context: Context) -> Record:
    data = msgspec.json.encode(given)
    if "document" in given:
        return msgspec.structs.replace(wire.decode_record(data), tenant=context.tenant)
    return make_record(wire.decode(data), context=context)


def _fault(path: str, message: str) -> dict[str, str]:
    return {"path": path, "code": "body_invalid", "message": message}


def _plain(part: Any) -> dict[str, Any]:
    plain: dict[str, Any] = wire.to_plain(part)
    return plain
