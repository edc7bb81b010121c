"""`/v1/documents`: taken in, listed, shown, traced, moved on."""

from __future__ import annotations

from typing import Any

from node_server import metrics
from node_server.errors import refusal_of
from node_server.operations import documents, stepping
from node_server.operations.describing import schema_names
from node_server.operations.ingesting import Intake, Payload, created, ingest
from node_server.operations.stepping import STATE_NAMES, Wish
from node_server.resources.call import Call, Part, Reply, listed, reply
from node_server.resources.endpoint import (
    ANY,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.map import CONNECTOR, ENTITY, FILENAME, OWN_ID, RESOURCE
from node_server.resources.shapes import (
    ANYTHING,
    EVENT,
    HEAD,
    RECORD,
    TAKEN_IN,
    closed,
    many,
    shape,
    text,
    whole,
)

ID = in_path("id", "Id of the record", "inv_xcz5mmqd6wcxnvcnkip3edr7qa")
_KINDS = [name for name in schema_names() if name not in ("context", "document", "event", "record")]
_STATE = {"type": "string", "enum": list(STATE_NAMES)}


@endpoint(
    "POST",
    "/v1/documents",
    summary="Take documents in",
    tag="Documents",
    permission="ingest",
    parameters=(CONNECTOR, RESOURCE, ENTITY, OWN_ID, FILENAME),
    body=Body("The payload itself, or several as multipart/form-data", (ANY,)),
    answers={
        200: Answer("Nothing new: what was there is told again",
                    {"anyOf": [TAKEN_IN, shape(("results",), results=many(TAKEN_IN))]}),
        201: Answer("Something was stored that was not there before",
                    {"anyOf": [TAKEN_IN, shape(("results",), results=many(TAKEN_IN))]}),
    },
    keyed=True,
    refusals=(400, 409, 413, 415, 422),
)  # fmt: skip
def take_in(call: Call) -> Reply:
    """Read a payload, check and identify its documents, and store what is new. The same document
    twice is one, whoever sends it and however often. With `connector=canonical` the body is a
    document of the canonical model itself."""
    if not call.several:
        outcome = _taken(call, call.parts[0])
        return reply(outcome, 201 if created(outcome["documents"]) else 200)
    results = [_tolerant(call, part) for part in call.parts]
    new = any(created(each.get("documents", [])) for each in results)
    return reply({"results": results}, 201 if new else 200)


def _tolerant(call: Call, part: Part) -> dict[str, Any]:
    """One of several: what is wrong with it is told in its place."""
    name = {"file": part.filename} if part.filename else {}
    try:
        return {**name, **_taken(call, part)}
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        issue = {"code": refusal.code, "severity": "error", "message": refusal.message}
        return {**name, "raw_sha256": "", "documents": [], "issues": [issue]}


def _taken(call: Call, part: Part) -> dict[str, Any]:
    given = call.given
    how = Intake(
        given.get("connector"),
        given.get("resource"),
        given.get("entity"),
        tuple(given.get("own_id", ())),
        call.trace.header,
    )
    outcome = ingest(call.house, call.who, Payload(part.data, part.mime, part.filename), how)
    for each in outcome["documents"]:
        metrics.ingested.labels(each["kind"], each["action"]).inc()
    return {name: value for name, value in outcome.items() if value is not None}


@endpoint(
    "GET",
    "/v1/documents",
    summary="List documents",
    tag="Documents",
    parameters=(
        *PAGED,
        query("kind", "Only this kind", enum=_KINDS),
        query("state", "Only in this state", enum=list(STATE_NAMES)),
        query("number", "Only with this number", example="INV-7"),
        query("counterparty", "Only of this other side, by its name"),
        query("currency", "Only in this currency", example="EUR"),
        query("connector", "Only read by this connector", example="ap/ubl"),
        query("exception_code", "Only held for this reason"),
        query("payment_hold", "Only held before payment, or not", type="boolean"),
        query("date_from", "Dated on or after", format="date", pattern=r"^\d{4}-\d{2}-\d{2}$"),
        query("date_to", "Dated on or before", format="date", pattern=r"^\d{4}-\d{2}-\d{2}$"),
        query("updated_since", "Changed at or after, as RFC 3339 in UTC",
              pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"),
    ),
    answers={200: Answer("One page, oldest first", page_schema(HEAD))},
)  # fmt: skip
def list_documents(call: Call) -> Reply:
    """Documents in the order of their arrival, without their lines."""
    given = dict(call.given)
    cursor, limit = given.pop("cursor", None), given.pop("limit")
    page = documents.list_documents(call.house, call.tenant, given, cursor=cursor, limit=limit)
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/documents/{id}",
    summary="Show a document",
    tag="Documents",
    parameters=(ID,),
    answers={200: Answer("The record, whole", RECORD)},
    refusals=(404,),
)
def get_document(call: Call) -> Reply:
    """The record with its document, keys, issues and state."""
    return reply(documents.get_document(call.house, call.tenant, call.given["id"]))


@endpoint(
    "GET",
    "/v1/documents/{id}/revisions",
    summary="List the revisions of a document",
    tag="Documents",
    parameters=(ID,),
    answers={
        200: Answer(
            "Every revision, the first one first",
            shape(("data",), data=many(shape(revision=whole(), record=RECORD))),
        )
    },
    refusals=(404,),
)
def list_revisions(call: Call) -> Reply:
    """What the document said before, as often as it was changed at its source."""
    return reply(documents.revisions(call.house, call.tenant, call.given["id"]))


@endpoint(
    "GET",
    "/v1/documents/{id}/trace",
    summary="Trace a document",
    tag="Documents",
    parameters=(ID,),
    answers={
        200: Answer(
            "Deliveries, steps, events, links, decisions, approvals and counterfoils",
            shape(
                ("id", "sources", "steps", "events", "links", "counterfoils"),
                id=text(),
                keys=many(ANYTHING),
                sources=many(ANYTHING),
                steps=many(ANYTHING),
                events=many(EVENT),
                exceptions=many(ANYTHING),
                links=many(ANYTHING),
                counterfoils=many(ANYTHING),
                decisions=many(ANYTHING),
                approvals=many(ANYTHING),
            ),
        )
    },
    refusals=(404,),
)
def trace_document(call: Call) -> Reply:
    """Everything that happened to it, from the bytes that came to what was sent elsewhere."""
    return reply(documents.trace(call.house, call.tenant, call.given["id"]))


@endpoint(
    "GET",
    "/v1/documents/{id}/transitions",
    summary="List the steps that a document may take",
    tag="Documents",
    parameters=(ID,),
    answers={
        200: Answer(
            "Steps with what must hold for each",
            shape(("data",), data=many(shape(to=_STATE, event=text(), guard=text()))),
        )
    },
    refusals=(404,),
)
def list_transitions(call: Call) -> Reply:
    """Where it may go from here."""
    return reply(stepping.next_steps(call.house, call.tenant, call.given["id"]))


_STEP = closed(
    ("to",),
    to=_STATE,
    reason=text("Why; needed to reject, hold and archive", maxLength=2000),
    event=text("Which step, where two lead to one state"),
    code=text("Exception code, or reason of archiving", maxLength=100),
    state_seq=whole("The step that it is at: refused if it has moved on meanwhile"),
)


@endpoint(
    "POST",
    "/v1/documents/{id}/transitions",
    summary="Move a document on",
    tag="Documents",
    permission="read",
    parameters=(ID,),
    body=Body("The step", schema=_STEP, example={"to": "approved", "reason": "checked"}),
    answers={200: Answer("The record as it is now", RECORD)},
    keyed=True,
    refusals=(400, 403, 404, 409, 413, 415, 422),
)
def move_document(call: Call) -> Reply:
    """Take a step of the lifecycle. Approving needs an approver who did not take the document in;
    posting needs a poster; a held document is approved only after its hold is released."""
    wish = Wish(**call.body, traceparent=call.trace.header)
    return reply(stepping.step(call.house, call.who, call.given["id"], wish))


@endpoint(
    "POST",
    "/v1/documents/{id}/release",
    summary="Release a document that is held before payment",
    tag="Documents",
    permission="release",
    parameters=(ID,),
    body=Body(
        "Why", schema=closed(("reason",), reason=text("In words", minLength=1, maxLength=2000))
    ),
    answers={200: Answer("The record as it is now", RECORD)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def release_document(call: Call) -> Reply:
    """Close whatever holds it. It stays on record who did and why; never by whoever took the
    document in, or held it."""
    reason = call.body["reason"]
    return reply(stepping.release(call.house, call.who, call.given["id"], reason))
