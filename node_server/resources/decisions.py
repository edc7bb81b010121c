"""`/v1/decide`, `/v1/decisions`: what policies say, with everything that it rests on."""

from __future__ import annotations

import datetime

from node_server.errors import Refusal
from node_server.operations.policing import applying, deciding, showing, trying
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.documents import ID
from node_server.resources.endpoint import (
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_DECISION = shape(
    ("policy", "version", "policy_hash", "on", "outcome", "message"),
    policy=text("Name of the policy"),
    version=text("Its version"),
    policy_hash=text("Hash of its content"),
    on=text("Day of the decision"),
    outcome=text("allow, review, hold or refuse"),
    message=text("Why, in words"),
    facts={**ANYTHING, "description": "Facts that it used"},
    values={**ANYTHING, "description": "What tables set"},
    hits=many(ANYTHING, "Rules that decided, and why"),
    steps=many(ANYTHING, "Approvals needed, in order of stages, with those who may give them"),
    distinct_approvers=flag("Whether nobody may take two steps"),
    evidence=many(text(), "What must be attached"),
    missing=many(text(), "What of it is missing"),
    problems=many(ANYTHING, "Why it could not be decided"),
)
KEPT = shape(
    ("id", "number", "actor", "at", *_DECISION["required"]),
    id=text(),
    document=text("Id of the record"),
    revision=whole("Revision of the document that it is about"),
    content_hash=text("What the document said"),
    number=whole("Number of the policy's version"),
    actor=text("Who asked"),
    at=text(),
    **_DECISION["properties"],
)
_QUESTION = closed(
    (),
    name=text("Name of a policy of the store", minLength=1, maxLength=64),
    number={"type": "integer", "minimum": 1,
            "description": "Number of its version; the one that counts today unless stated"},
    policy={**ANYTHING, "description": "A policy itself, instead of a name"},
    facts={**ANYTHING, "description": "What is so"},
    document={**ANYTHING, "description": "A canonical document, whose facts are added"},
    on=text("The day; today unless stated", pattern=r"^\d{4}-\d{2}-\d{2}$"),
)  # fmt: skip


@endpoint(
    "POST",
    "/v1/decide",
    summary="Ask a policy",
    tag="Policies",
    permission="map",
    body=Body("Which policy, and the facts", schema=_QUESTION,
              example={"name": "credit_limit",
                       "facts": {"amount": 900, "open_balance": 200, "credit_limit": 1000}}),
    answers={200: Answer("What it says", _DECISION)},
    refusals=(400, 404, 413, 415, 422),
)  # fmt: skip
def ask_policy(call: Call) -> Reply:
    """Nothing is kept, held or told. Amounts are whole numbers or decimals as text."""
    body = dict(call.body)
    facts = body.pop("facts", {})
    asked = trying.Question(facts=facts, **body | {"on": _day(body.get("on"))})
    return reply(trying.decided(call.house, call.who, asked))


def _day(stated: str | None) -> datetime.date | None:
    try:
        return None if stated is None else datetime.date.fromisoformat(stated)
    except ValueError:
        place = {"path": "on", "code": "body_invalid", "message": f"there is no day {stated}"}
        raise Refusal(422, "body_invalid", f"on: there is no day {stated}",
                      errors=[place]) from None  # fmt: skip


@endpoint(
    "POST",
    "/v1/documents/{id}/decide",
    summary="Let the policies in force decide on a document",
    tag="Policies",
    permission="step",
    parameters=(ID,),
    answers={200: Answer("The decision of each, kept", page_schema(KEPT))},
    refusals=(404, 409),
)
def decide_document(call: Call) -> Reply:
    """What happens by itself when a document comes in or changes: each policy that applies to its
    kind is asked; what holds or refuses opens an exception, what needs approvals asks for them.
    The same facts again give the same decision, kept once."""
    found = deciding.decided(call.house, call.who, call.given["id"], call.trace.header)
    return listed(call, found)


_SPAN = closed(
    (),
    most={"type": "integer", "minimum": 1, "maximum": 1000, "default": 500},
    cursor=text("Where to go on: `next_cursor` of the answer before", maxLength=100),
)


@endpoint(
    "POST",
    "/v1/policies/{name}/apply",
    summary="Ask a policy about documents that were there before it",
    tag="Policies",
    permission="configure",
    parameters=(in_path("name", "Name of the policy", "invoice_approval"),),
    body=Body("How many at once", schema=_SPAN, example={"most": 500}, required=False),
    answers={200: Answer("How they came out, and whether there are more",
                         shape(("asked", "outcomes", "has_more"), asked=whole(),
                               outcomes={**ANYTHING, "description": "How many of each"},
                               has_more=flag(), next_cursor=text()))},
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def apply_policy(call: Call) -> Reply:
    """After a policy was put in force: documents that nobody has approved or rejected yet are asked
    about, as each new one is by itself. Ask again with the cursor until there are no more."""
    body = call.body or {}
    most, after = body.get("most", 500), body.get("cursor")
    return reply(applying.applied(call.house, call.who, call.given["name"], after=after, most=most))


@endpoint(
    "GET",
    "/v1/decisions",
    summary="List decisions",
    tag="Policies",
    parameters=(
        *PAGED,
        query("policy", "Only of this policy"),
        query("outcome", "Only with this outcome", enum=["allow", "review", "hold", "refuse"]),
        query("record_id", "Only on this document"),
    ),
    answers={200: Answer("One page, oldest first", page_schema(KEPT))},
)
def list_decisions(call: Call) -> Reply:
    """Inputs, version, rules that hit, who asked and when: as it was decided then."""
    given = dict(call.given)
    cursor, limit = given.pop("cursor", None), given.pop("limit")
    page = showing.list_decisions(call.house, call.tenant, given, cursor=cursor, limit=limit)
    return listed(call, page)
