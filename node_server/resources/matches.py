"""`/v1/documents/{id}/match` and `/v1/match`: invoices against orders and what was received."""

from __future__ import annotations

from node_server.operations.controlling import asking
from node_server.operations.matching import matching
from node_server.resources.call import Call, Reply, reply
from node_server.resources.documents import ID
from node_server.resources.endpoint import Answer, Body, endpoint
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_PAIR = shape(
    ("line", "score", "why"),
    order=text("Number of the order"),
    line=text("Line of the order"),
    basis=text("By what they were paired"),
    score=text("How sure that is, 0 to 1"),
    why=text("In words"),
    quantity=text("How much of the order line, in its unit"),
    unit=text(),
)
_FINDING = shape(
    ("code", "outcome", "message"),
    code=text("What it comes to"),
    outcome=text("agrees, tolerated or held"),
    message=text("In words"),
    expected=text("What was agreed or received"),
    actual=text("What is invoiced"),
    allowed=text("How far off it may be"),
    reason=text("Peppol OPStatusReason"),
    action=text("Peppol OPStatusAction"),
)
_LINE = shape(
    ("path", "id", "verdict", "holds", "message"),
    path=text("The line in the document"),
    id=text("Its id, else its position"),
    verdict=text("The gravest finding"),
    holds=flag("Whether it keeps the document from being paid"),
    message=text("Why, in words"),
    pairs=many(_PAIR, "What it was set against"),
    proposals=many(_PAIR, "What a person might set it against"),
    findings=many(_FINDING),
)
_RESULT = {
    "number": text("Number of the document"),
    "verdict": text("The gravest of its lines and of itself"),
    "holds": flag("Whether payment waits for somebody entitled to release it"),
    "match_status": text("How far it is matched"),
    "message": text("Why, in words"),
    "response": text("UNCL4343 as Peppol uses it: AP accepted, UQ under query"),
    "reasons": many(text(), "Peppol OPStatusReason of all that holds"),
    "actions": many(text(), "Peppol OPStatusAction that would mend it"),
    "lines": many(_LINE),
    "findings": many(_FINDING, "Of the document as a whole"),
}
_REQUIRED = ("verdict", "holds", "match_status", "message", "response")
_MATCHED = shape(
    ("id", "state", "matched_at", "current", "records", "exceptions", *_REQUIRED),
    id=text("Id of the record"),
    state=text("Where the document is now"),
    payment_hold=flag("Whether it is held before payment, for this or another reason"),
    matched_at=text("When it was matched last"),
    current=flag("Whether it says the same as then"),
    records=many(
        shape(("id", "kind"), id=text(), kind=text(), number=text(), revision=whole()),
        "What it was set against",
    ),
    exceptions=many(
        shape(("id", "code", "state"), id=text(), code=text(), state=text()),
        "What the match has opened for it",
    ),
    **_RESULT,
)
GIVEN = many(ANYTHING, "Documents of the canonical model, or records as /v1/map gives them")
SETTINGS = ANYTHING | {"description": "Instead of the settings in force"}


@endpoint(
    "POST",
    "/v1/documents/{id}/match",
    summary="Match an invoice",
    tag="Controls",
    permission="step",
    parameters=(ID,),
    answers={200: Answer("The result, and what came of it", _MATCHED)},
    keyed=True,
    refusals=(404, 409),
)
def match_document(call: Call) -> Reply:
    """Set a stored invoice or credit note against the orders, receipts, returns and other invoices
    that its numbers lead to. What does not agree opens an exception with Peppol's reason and holds
    payment; what agrees now closes those that the match opened before."""
    return reply(matching.match_document(call.house, call.tenant, call.given["id"]))


@endpoint(
    "GET",
    "/v1/documents/{id}/match",
    summary="Show how an invoice was matched",
    tag="Controls",
    parameters=(ID,),
    answers={200: Answer("The last result", _MATCHED)},
    refusals=(404, 409),
)
def get_match(call: Call) -> Reply:
    """What the match said last, line by line, and what it rests on."""
    return reply(matching.last_result(call.house, call.tenant, call.given["id"]))


@endpoint(
    "POST",
    "/v1/match",
    summary="Match an invoice that is not stored",
    tag="Controls",
    permission="map",
    body=Body(
        "The invoice, and what it is to be set against",
        schema=closed(
            ("document", "documents"), document=ANYTHING, documents=GIVEN, settings=SETTINGS
        ),
    ),
    answers={200: Answer("The result", shape(_REQUIRED, **_RESULT))},
    refusals=(400, 413, 415, 422),
)
def match_given(call: Call) -> Reply:
    """The same on documents that are sent along: nothing is stored and nothing is held."""
    body = call.body
    found = asking.match_given(
        call.house, call.tenant, body["document"], body["documents"], body.get("settings")
    )
    return reply(found)
