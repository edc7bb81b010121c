"""Matching a stored invoice or credit note: on request, and by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from canonical_model import wire
from canonical_model.controls.match import MatchResult, MatchSettings, match
from canonical_model.documents import kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from canonical_model.envelope import Context
from canonical_model.identity import direction_of, number_key
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.controls_following import ACTOR
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.matching.gathering import Gathering
from node_server.operations.matching.holding import MATCH, carry_out, shown_evidence
from node_server.store import control_settings, exceptions, matches, records, terms
from node_server.store.records import Stored

_ACTOR: Final = ACTOR.format(MATCH)
"""Who opens and closes what the match finds, whoever asked for it."""


def match_document(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """Match a document now, keep the result, hold or let go; what came of it."""
    context = context_of(house, tenant)
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        keeper = Keeper(connection, tenant, _ACTOR)
        stored = _bill(records.get(connection, tenant, record_id, to_change=True))
        _judge(keeper, stored, context, Gathering(connection, tenant, stored, context).evidence())
        keeper.finish()
    return last_result(house, tenant, record_id)


def match_by_itself(house: House, tenant: str, record_id: str) -> bool:
    """Match a document that came in or that something new concerns; whether that was called for.

    It is where there is something to set it against, or where the tenant has said what the match
    is to ask for: not everybody orders what he is invoiced for, or sends us what he ships.
    """
    context = context_of(house, tenant)
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        if stored is None or not isinstance(stored.record.document, Bill):
            return False
        evidence = Gathering(connection, tenant, stored, context).evidence()
        keeper = Keeper(connection, tenant, _ACTOR)
        if not _called_for(keeper, stored, evidence, context):
            return False
        _judge(keeper, stored, context, evidence)
        keeper.finish()
    return True


def _called_for(
    keeper: Keeper, stored: Stored, evidence: Sequence[Stored], context: Context
) -> bool:
    connection, tenant = keeper.connection, keeper.tenant
    if stored.record.state in ("received", "rejected", "archived"):
        return False
    sold = direction_of(stored.record.document, context) == "receivable"
    telling = Movement if sold else Order | Movement
    if any(isinstance(each.record.document, telling) for each in evidence):
        return True
    asked = control_settings.active(connection, tenant, MATCH) is not None
    return asked or matches.get(connection, tenant, stored.record.id or "") is not None


def _judge(
    keeper: Keeper,
    stored: Stored,
    context: Context,
    evidence: Sequence[Stored],
) -> None:
    connection, tenant, record = keeper.connection, keeper.tenant, stored.record
    settings = in_force(connection, tenant, MATCH, MatchSettings)
    documents = [each.record.document for each in evidence]
    bill = _bill(stored).record.document
    assert isinstance(bill, Bill)  # noqa: S101  (`_bill` has looked)
    result = match(bill, documents, settings, context)
    before = matches.get(connection, tenant, record.id or "")
    matches.put(connection, _row(keeper, stored, result, evidence))
    terms.put(connection, tenant, record.id or "", "paired", _orders(result))
    now = carry_out(keeper, stored, result, evidence, _news(before, evidence) or result.message)
    if result.holds and (before is None or not before["holds"]):
        keeper.tell(now.record, "match_failed")


def _news(before: dict[str, Any] | None, evidence: Sequence[Stored]) -> str:
    """What has come, changed or gone since it was matched last."""
    known = msgspec.json.decode(before["result"])["records"] if before is not None else []
    now = shown_evidence(evidence)
    ids = {each["id"] for each in now}
    new = [_called(each) for each in now if each not in known]
    gone = [f"{_called(each)} does not count" for each in known if each["id"] not in ids]
    return ", ".join([*new, *gone])


def _called(shown: dict[str, Any]) -> str:
    return f"{shown['kind'].replace('_', ' ')} {shown['number'] or shown['id']}"


def _orders(result: MatchResult) -> set[str]:
    """Numbers of the orders that the document takes up, named by it or not."""
    pairs = (pair for line in result.lines for pair in line.pairs)
    return {number_key(pair.order) for pair in pairs if pair.order}


def _row(
    keeper: Keeper, stored: Stored, result: MatchResult, evidence: Sequence[Stored]
) -> dict[str, Any]:
    told = {"result": wire.to_plain(result), "records": shown_evidence(evidence)}
    return {
        "tenant": keeper.tenant,
        "record_id": stored.record.id,
        "content_hash": stored.record.content_hash,
        "verdict": result.verdict,
        "holds": result.holds,
        "basis": result.match_status,
        "result": msgspec.json.encode(told),
        "at": keeper.stamp,
    }


def last_result(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """What the match said last of a document, and what is still open for it."""
    with house.store.reading() as connection:
        stored = _bill(records.get(connection, tenant, record_id))
        row = matches.get(connection, tenant, record_id)
        rows = exceptions.of_record(connection, tenant, record_id)
    if row is None:
        raise Refusal(404, "not_found", "it was not matched yet; POST to match it")
    told = msgspec.json.decode(row["result"])
    return {
        "id": record_id,
        "state": stored.record.state,
        "payment_hold": stored.payment_hold,
        "matched_at": row["at"],
        "current": row["content_hash"] == stored.record.content_hash,
        "records": told["records"],
        "exceptions": [
            {"id": each["id"], "code": each["code"], "state": each["state"]}
            for each in rows
            if each["control"] == MATCH
        ],
        **told["result"],
    }


def _bill(stored: Stored | None) -> Stored:
    if stored is None:
        raise Refusal(404, "not_found", "there is no such document")
    document = stored.record.document
    if not isinstance(document, Bill):
        kind = kind_of(document)
        hint = "match the invoices that it concerns"
        message = f"it is a {kind}; only invoices and credit notes are matched"
        raise Refusal(409, "step_refused", message, hint=hint)
    return stored
