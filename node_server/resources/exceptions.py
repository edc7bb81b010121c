"""`/v1/exceptions`: what holds documents, who deals with it, and how it was closed."""

from __future__ import annotations

from node_server.operations.clearing import acting, looking
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, HEAD, RECORD, closed, flag, many, shape, text
from node_server.resources.shapes import whole as count

_ID = in_path("id", "Id of the exception", "exc_0123456789abcdef")
_EXCEPTION = shape(
    ("id", "document", "control", "code", "state", "holds", "summary", "opened_at"),
    id=text(),
    document=text("Id of the record that waits"),
    control=text("Who found it: match, duplicates, ingestion, person, posting"),
    code=text("Stable code, such as price_variance"),
    state=text("open, resolved by a control; released, overridden or rejected by a person"),
    holds=flag("Whether it keeps the document from being approved and paid"),
    moves=flag("Whether the document is in state `exception` for it"),
    retryable=flag("Whether trying again may help"),
    summary=text("In words"),
    content_hash=text("Of what was judged"),
    owner=text("Who deals with it"),
    due_at=text(),
    overdue=flag(),
    escalations=count("How often it was escalated"),
    opened_by=text(),
    opened_at=text(),
    closed_by=text(),
    closed_at=text(),
    reason=text("Why it was closed"),
    kind=text("Of the document"),
    number=text("Of the document"),
    counterparty=text("The other side, by name"),
    amount=text(),
    currency=text(),
)
_WHOLE = shape(
    (*_EXCEPTION["required"], "context", "record", "acts"),
    **_EXCEPTION["properties"],
    context={**ANYTHING, "description": "What the control rests it on"},
    record=RECORD,
    lines=many(ANYTHING, "The document's lines that it is about"),
    documents=many(HEAD, "Other documents that it is about"),
    sources=many(ANYTHING, "Deliveries; with an excerpt for roles that may read payloads"),
    proposals=many(ANYTHING, "Reconciliation proposals that name the document"),
    acts=many(ANYTHING, "What was done about it, by whom and when"),
)
_REASON = text("In words", minLength=1, maxLength=2000)
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_REFUSALS = (400, 404, 409, 413, 415, 422)


@endpoint(
    "GET",
    "/v1/exceptions",
    summary="List exceptions",
    tag="Controls",
    parameters=(
        *PAGED,
        query("state", "Only in this state", enum=[
            "open", "resolved", "released", "overridden", "rejected"]),
        query("control", "Only of this control", example="match"),
        query("code", "Only with this code", example="price_variance"),
        query("owner", "Only of this owner"),
        query("record_id", "Only of this document"),
        query("holds", "Only what holds, or not", type="boolean"),
        query("overdue", "Only what is open past its time", type="boolean"),
    ),
    answers={200: Answer("One page, oldest first", page_schema(_EXCEPTION))},
)  # fmt: skip
def list_exceptions(call: Call) -> Reply:
    """What waits for a person, and what did."""
    given = dict(call.given)
    cursor, limit = given.pop("cursor", None), given.pop("limit")
    page = looking.list_exceptions(call.house, call.tenant, given, cursor=cursor, limit=limit)
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/exceptions/report",
    summary="Report how exceptions were closed",
    tag="Controls",
    permission="audit",
    parameters=(
        query("from", "First day; a year ago unless stated", pattern=_DAY, format="date"),
        query("to", "Last day; today unless stated", pattern=_DAY, format="date"),
    ),
    answers={
        200: Answer(
            "By month, control, code and person",
            shape(
                ("from", "to", "overridden", "overrides", "closed"),
                **{"from": text(), "to": text()},
                overridden=count("How many were overridden"),
                overrides=many(ANYTHING),
                closed=many(ANYTHING),
            ),
        )
    },
    refusals=(400,),
)
def report_exceptions(call: Call) -> Reply:
    """Who overrode what, how often: figures for those who look after the controls."""
    given = call.given
    return reply(looking.report(call.house, call.tenant, given.get("from"), given.get("to")))


@endpoint(
    "GET",
    "/v1/exceptions/{id}",
    summary="Show an exception",
    tag="Controls",
    parameters=(_ID,),
    answers={200: Answer("With all that it is about", _WHOLE)},
    refusals=(404,),
)
def get_exception(call: Call) -> Reply:
    """What it rests on, the document with the lines concerned, other documents, where they came
    from, and what was done about it."""
    return reply(looking.get_exception(call.house, call.who, call.given["id"]))


@endpoint(
    "POST",
    "/v1/exceptions/{id}/assign",
    summary="Assign an exception",
    tag="Controls",
    permission="step",
    parameters=(_ID,),
    body=Body(
        "Whom",
        schema=closed(
            ("owner",),
            owner=text("Who deals with it", minLength=1, maxLength=200),
            due_at=text("By when, RFC 3339 in UTC", pattern=_INSTANT),
            note=_REASON,
        ),
        example={"owner": "j.doe", "note": "yours, as it is your order"},
    ),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def assign_exception(call: Call) -> Reply:
    """Say who deals with it, and by when; a later time to be due puts off the escalation."""
    body = call.body
    return reply(
        acting.assign(
            call.house, call.who, call.given["id"], body["owner"],
            due_at=body.get("due_at"), words=body.get("note"),
        )
    )  # fmt: skip


@endpoint(
    "POST",
    "/v1/exceptions/{id}/comment",
    summary="Comment on an exception",
    tag="Controls",
    permission="step",
    parameters=(_ID,),
    body=Body("What", schema=closed(("note",), note=_REASON), example={"note": "asked them"}),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def comment_exception(call: Call) -> Reply:
    """Add a remark for whoever looks at it next."""
    return reply(acting.comment(call.house, call.who, call.given["id"], call.body["note"]))


@endpoint(
    "POST",
    "/v1/exceptions/{id}/request",
    summary="Ask for what is missing",
    tag="Controls",
    permission="step",
    parameters=(_ID,),
    body=Body(
        "What, and of whom",
        schema=closed(
            ("question",),
            question=_REASON,
            of=text("Who is asked", minLength=1, maxLength=200),
        ),
        example={"question": "please send the delivery note", "of": "supplier"},
    ),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def request_information(call: Call) -> Reply:
    """Tells the event `information_requested`, for whoever sends mails; the exception stays
    open."""
    body = call.body
    found = call.given["id"]
    return reply(acting.request(call.house, call.who, found, body["question"], of=body.get("of")))


@endpoint(
    "POST",
    "/v1/exceptions/{id}/release",
    summary="Release an exception",
    tag="Controls",
    permission="release",
    parameters=(_ID,),
    body=Body("Why", schema=closed(("reason",), reason=_REASON), example={"reason": "agreed"}),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def release_exception(call: Call) -> Reply:
    """Say that nothing is wrong. Never by whoever brought the document, or caused the hold. The
    same content is not held for it again; other content is judged anew."""
    return reply(acting.release(call.house, call.who, call.given["id"], call.body["reason"]))


@endpoint(
    "POST",
    "/v1/exceptions/{id}/override",
    summary="Override an exception",
    tag="Controls",
    permission="release",
    parameters=(_ID,),
    body=Body(
        "Why, and on what grounds",
        schema=closed(
            ("reason", "evidence"),
            reason=_REASON,
            evidence={
                "type": "array",
                "items": text(minLength=1, maxLength=1000),
                "minItems": 1,
                "maxItems": 50,
            },
        ),
        example={"reason": "the price was agreed by phone", "evidence": ["mail of 3 March"]},
    ),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def override_exception(call: Call) -> Reply:
    """Go on although something is wrong: with links, hashes or ids as evidence. Overrides are
    counted by person and code in the report."""
    body = call.body
    evidence = tuple(body["evidence"])
    done = acting.override(call.house, call.who, call.given["id"], body["reason"], evidence)
    return reply(done)


@endpoint(
    "POST",
    "/v1/exceptions/{id}/reject",
    summary="Reject the document of an exception",
    tag="Controls",
    permission="release",
    parameters=(_ID,),
    body=Body("Why", schema=closed(("reason",), reason=_REASON), example={"reason": "not ours"}),
    answers={200: Answer("The exception as it is now", _EXCEPTION)},
    keyed=True,
    refusals=_REFUSALS,
)
def reject_exception(call: Call) -> Reply:
    """The document goes to `rejected`, and everything that it was held for is closed."""
    return reply(acting.reject(call.house, call.who, call.given["id"], call.body["reason"]))
