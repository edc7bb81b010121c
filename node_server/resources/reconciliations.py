"""`/v1/reconciliations`: bank lines and what they settle, proposed, accepted, taken back."""

from __future__ import annotations

import datetime
from typing import Any

from node_server.operations.reconciling import background, by_hand, deciding, pure, running, showing
from node_server.operations.reconciling.background import Order
from node_server.operations.reconciling.gathering import Scope
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.documents import ID as DOCUMENT
from node_server.resources.endpoint import (
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.reconciliation_shapes import OUTCOME, PROPOSAL, RUN, SETTLED
from node_server.resources.shapes import ANYTHING, closed, flag, many, text, whole

_ID = in_path("id", "Id of the proposal", "rcn_4zvqp7m2c6k3x5h2y7qa6bnd")
DAY = r"^\d{4}-\d{2}-\d{2}$"
_REASON = closed(("reason",), reason=text("Why", minLength=1, maxLength=2000))
_RUN = closed(
    (),
    account=text("Only the bank lines of this account", minLength=1, maxLength=100),
    **{"from": text("Only bank lines of this day and later", pattern=DAY)},
    to=text("Only bank lines up to this day", pattern=DAY),
    background=flag("Whether to do it as a job; by itself where there is much"),
)


@endpoint(
    "POST",
    "/v1/reconciliations",
    summary="Reconcile what is left over",
    tag="Reconciliation",
    permission="step",
    body=Body("Which bank lines; all without a body", schema=_RUN, required=False,
              example={"account": "DE89370400440532013000", "from": "2026-01-01"}),
    answers={
        200: Answer("What came of it", RUN),
        202: Answer("The job that does it; ask for it at `Location`", RUN),
    },
    keyed=True,
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def run_reconciliation(call: Call) -> Reply:
    """Hold the bank lines that are left over against what is open. What rests on a strong reference
    and reaches the tenant's threshold is carried out, the rest is proposed. Run again, it finds
    what is left."""
    body = call.body or {}
    scope = Scope(body.get("account"), day_of(body.get("from")), day_of(body.get("to")))
    if body.get("background", background.is_large(call.house, call.tenant)):
        made = background.start(call.house, call.tenant, call.who.id, Order(scope))
        return reply(made, 202, Location=f"/v1/jobs/{made['id']}", Retry_After="2")
    return reply(running.run(call.house, call.tenant, call.who.id, scope))


def day_of(stated: str | None) -> datetime.date | None:
    """A day of a request; a refusal where the calendar has none such."""
    return None if stated is None else pure.day(stated)


_BY_HAND = closed(
    ("lines", "items"),
    lines=many(
        closed(
            ("document",),
            document=text("Id of the bank transaction or statement", minLength=1, maxLength=200),
            entry=whole("Which entry of the statement, from 0") | {"minimum": 0},
            detail=whole("Which detail of the entry, from 0; all without") | {"minimum": 0},
        )
    )
    | {"minItems": 1, "maxItems": 100},
    items=many(
        closed(
            ("document",),
            document=text("Id of the open document", minLength=1, maxLength=200),
            amount=text("What is taken off it; all that is open without", maxLength=40),
        )
    )
    | {"minItems": 1, "maxItems": 1000},
    difference=text("What explains that they differ", enum=["discount", "fee", "exchange"]),
)


@endpoint(
    "POST",
    "/v1/reconciliations/proposals",
    summary="Propose what belongs together",
    tag="Reconciliation",
    permission="step",
    body=Body("Bank lines and documents", schema=_BY_HAND,
              example={"lines": [{"document": "bst_1", "entry": 3}],
                       "items": [{"document": "inv_1", "amount": "60.00"}]}),
    answers={201: Answer("The proposal; accept it to carry it out", PROPOSAL)},
    keyed=True,
    refusals=(400, 409, 413, 415, 422),
)  # fmt: skip
def propose_reconciliation(call: Call) -> Reply:
    """Say by hand which bank lines settle which documents, where no run has found it. It is kept
    as a proposal, and accepted, rejected and undone like any other."""
    made = by_hand.propose(call.house, call.who, call.body)
    return reply(made, 201, Location=f"/v1/reconciliations/{made['id']}")


@endpoint(
    "GET",
    "/v1/reconciliations",
    summary="List proposals",
    tag="Reconciliation",
    parameters=(
        *PAGED,
        query("state", "Only in this state",
              enum=["proposed", "accepted", "rejected", "undone", "superseded"]),
        query("strength", "Only of this strength", enum=["strong", "weak", "by_hand"]),
        query("document", "Only those about this document or bank line"),
    ),
    answers={200: Answer("One page, in the order in which they were made",
                         page_schema(PROPOSAL))},
)  # fmt: skip
def list_reconciliations(call: Call) -> Reply:
    """What was proposed, with reasons, and who decided on it."""
    given = dict(call.given)
    cursor, limit = given.pop("cursor", None), given.pop("limit")
    return listed(call, showing.page(call.house, call.tenant, given, cursor=cursor, limit=limit))


@endpoint(
    "GET",
    "/v1/reconciliations/{id}",
    summary="Show a proposal",
    tag="Reconciliation",
    parameters=(_ID,),
    answers={200: Answer("The proposal with its history", PROPOSAL)},
    refusals=(404,),
)
def get_reconciliation(call: Call) -> Reply:
    """Bank lines, documents, reasons, and everything that was decided."""
    return reply(showing.show(call.house, call.tenant, call.given["id"]))


@endpoint(
    "POST",
    "/v1/reconciliations/{id}/accept",
    summary="Accept a proposal",
    tag="Reconciliation",
    permission="step",
    parameters=(_ID,),
    body=Body("Why, if there is anything to say", required=False, schema=closed(
        (), reason=text("In words", minLength=1, maxLength=2000))),
    answers={200: Answer("The proposal as it is now", PROPOSAL)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def accept_reconciliation(call: Call) -> Reply:
    """Settle the documents by the bank lines. Refused where one of them has changed since, where
    the bank line is settled already, and where less is open than it would settle."""
    reason = (call.body or {}).get("reason")
    return reply(deciding.accept(call.house, call.who, call.given["id"], reason))


@endpoint(
    "POST",
    "/v1/reconciliations/{id}/reject",
    summary="Reject a proposal",
    tag="Reconciliation",
    permission="step",
    parameters=(_ID,),
    body=Body("Why", schema=_REASON, example={"reason": "another customer"}),
    answers={200: Answer("The proposal as it is now", PROPOSAL)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def reject_reconciliation(call: Call) -> Reply:
    """Say no. The same is not proposed again as long as the documents say the same."""
    return reply(deciding.reject(call.house, call.who, call.given["id"], call.body["reason"]))


@endpoint(
    "POST",
    "/v1/reconciliations/{id}/undo",
    summary="Undo what was accepted",
    tag="Reconciliation",
    permission="step",
    parameters=(_ID,),
    body=Body("Why", schema=_REASON, example={"reason": "it paid another invoice"}),
    answers={200: Answer("The proposal as it is now", PROPOSAL)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def undo_reconciliation(call: Call) -> Reply:
    """Open the documents and the bank lines again. That it was accepted, and by whom, stays to be
    seen."""
    return reply(deciding.undo(call.house, call.who, call.given["id"], call.body["reason"]))


@endpoint(
    "GET",
    "/v1/documents/{id}/allocations",
    summary="Show what settles a document",
    tag="Reconciliation",
    parameters=(DOCUMENT,),
    answers={200: Answer("What is open, and what was settled by what", SETTLED)},
    refusals=(404,),
)
def get_allocations(call: Call) -> Reply:
    """Each amount with the bank line or payment that it came by; what was undone is told too."""
    return reply(showing.settled(call.house, call.tenant, call.given["id"]))


_PURE = closed(
    ("lines", "open_items"),
    lines=many(ANYTHING, "Bank statements and transactions: documents, or records with an id"),
    open_items=many(ANYTHING, "Invoices, credit notes and payments"),
    settings=ANYTHING,
)


@endpoint(
    "POST",
    "/v1/reconcile",
    summary="Reconcile documents that are given",
    tag="Pure",
    permission="map",
    body=Body("Bank lines and what is open", schema=_PURE,
              example={"lines": [], "open_items": [], "settings": {"accept_at": "0.97"}}),
    answers={200: Answer("Proposals, and what is left over", OUTCOME)},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def reconcile_given(call: Call) -> Reply:
    """The same on documents in the body; nothing is stored. Each is named by its id, or by its
    place, such as `lines.0`."""
    body: dict[str, Any] = call.body
    return reply(pure.reconciled(call.house, call.tenant, body))
