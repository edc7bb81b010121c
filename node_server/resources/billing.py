"""`/v1/documents/{id}/bill`: an invoice for a shipment, a credit note for a return."""

from __future__ import annotations

from node_server.operations import billing
from node_server.operations.ingesting import created
from node_server.resources.call import Call, Reply, reply
from node_server.resources.documents import ID
from node_server.resources.endpoint import Answer, endpoint
from node_server.resources.shapes import OUTCOME


@endpoint(
    "POST",
    "/v1/documents/{id}/bill",
    summary="Bill a shipment or a return",
    tag="Controls",
    permission="ingest",
    parameters=(ID,),
    answers={
        200: Answer("What was billed before is there", OUTCOME),
        201: Answer("The invoice or credit note was taken in", OUTCOME),
    },
    keyed=True,
    refusals=(404, 409),
)
def bill_document(call: Call) -> Reply:
    """Make the invoice for a stored shipment at the prices of its sales order, or the credit note
    for a return at the prices of its invoices, and take it in like any other: it is checked,
    matched and approved before anything is sent. The same shipment again is the same invoice."""
    outcome = billing.bill_document(call.house, call.tenant, call.given["id"], call.who.id)
    return reply(outcome, 201 if created([outcome]) else 200)
