"""`/v1/approvals`: what waits for somebody's word, and giving it."""

from __future__ import annotations

from node_server.operations.policing import approving, waiting
from node_server.operations.policing.approving import Word
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.documents import ID
from node_server.resources.endpoint import PAGED, Answer, Body, endpoint, page_schema, query
from node_server.resources.shapes import ANYTHING, RECORD, closed, flag, many, shape, text, whole

_OPEN = shape(
    ("document", "policy", "version", "decision", "why", "step", "stage", "may", "since"),
    document=text("Id of the record"),
    number=text(),
    counterparty=text(),
    amount=text(),
    currency=text(),
    due_date=text(),
    content_hash=text("What the document says: send it along, and nothing else is approved"),
    policy=text(),
    version=text(),
    decision=text("Id of the decision that asks for it"),
    why=text("Why the policy asks"),
    step=text("Name of the step"),
    stage=whole("Steps of one stage run side by side"),
    role=text("Role that is asked for"),
    due=text("By when"),
    instead_of=text("For whom you would act"),
    may=many(text(), "Who may take it now"),
    since=text(),
)
_STANDS = shape(
    ("policy", "version", "decision", "outcome", "state"),
    policy=text(),
    version=text(),
    decision=text(),
    outcome=text("review, or what keeps it from being approved"),
    state=text("open, approved or rejected"),
    steps=many(ANYTHING, "Step by step: state, who has approved, how many are missing, who may"),
)
_ACT = shape(
    ("policy", "step", "person", "verdict", "actor", "at", "counts"),
    policy=text(),
    step=text(),
    person=text("As the directory names them"),
    instead_of=text("In whose place"),
    verdict=text("approve or reject"),
    reason=text(),
    actor=text("Key or token"),
    at=text(),
    decision=text(),
    revision=whole("Revision that it was given to"),
    counts=flag("Whether the document still says what it said then"),
)


@endpoint(
    "GET",
    "/v1/approvals",
    summary="List open approvals",
    tag="Approvals",
    parameters=(
        *PAGED,
        query("all", "Everybody's, for controllers and auditors", type="boolean", default=False),
    ),
    answers={200: Answer("Steps that may be taken now, oldest first", page_schema(_OPEN))},
    refusals=(403,),
)
def list_approvals(call: Call) -> Reply:
    """What waits for you: steps whose turn it is, of documents that nothing holds, that the
    directory lets you take, by yourself or in somebody's place."""
    given = call.given
    page = waiting.inbox(
        call.house, call.who, every=given["all"], cursor=given.get("cursor"), limit=given["limit"]
    )
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/documents/{id}/approvals",
    summary="Show the approvals of a document",
    tag="Approvals",
    parameters=(ID,),
    answers={200: Answer("How far each policy's are, and every act",
                         shape(("data", "acts"), data=many(_STANDS), acts=many(_ACT)))},
    refusals=(404,),
)  # fmt: skip
def show_approvals(call: Call) -> Reply:
    """Who has approved, whose turn it is, and which acts count no more because the document has
    changed since."""
    return reply(waiting.of_document(call.house, call.tenant, call.given["id"]))


_WORD = closed(
    ("step", "verdict"),
    step=text("Name of the step", minLength=1, maxLength=200),
    verdict={"type": "string", "enum": ["approve", "reject"]},
    reason=text("Why; needed to reject", minLength=1, maxLength=2000),
    instead_of=text("In whose place: refused where that is not so", minLength=1, maxLength=200),
    policy=text("Where several policies ask for a step of this name", minLength=1, maxLength=64),
    content_hash=text("What you have looked at: refused where it says something else now"),
)


@endpoint(
    "POST",
    "/v1/documents/{id}/approvals",
    summary="Approve or reject a document in a step",
    tag="Approvals",
    permission="approve",
    parameters=(ID,),
    body=Body("The step and your word", schema=_WORD,
              example={"step": "owner", "verdict": "approve", "reason": "ordered by me"}),
    answers={200: Answer("The document as it is now, and what is still missing",
                         shape(("document", "approvals"), document=RECORD,
                               approvals=many(_STANDS)))},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def approve_document(call: Call) -> Reply:
    """With the last approval that a policy asks for the document is approved; with one rejection
    it is rejected. Never by whoever brought any of its content, by whichever key."""
    word = Word(**call.body, traceparent=call.trace.header)
    return reply(approving.take(call.house, call.who, call.given["id"], word))
