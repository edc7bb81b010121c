"""`/v1/counterfoils`: what was sent to other systems, and what came of it."""

from __future__ import annotations

from node_server.operations.posting import resolving, showing
from node_server.operations.posting.resolving import Finding
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
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

STATES = ("pending", "sent", "confirmed", "refused", "uncertain", "dead", "held")
_KEY = in_path("key", "Key of the counterfoil", "9f86d081884c7d659a2feaa0c55ad015" * 2)
COUNTERFOIL = shape(
    ("key", "state", "outcome", "connection", "connector", "resource", "action", "document"),
    key=text("The same for the same effect, for ever"),
    state=text("How it stands", enum=list(STATES)),
    outcome=text("Whether it is there", enum=["applied", "not_applied", "uncertain"]),
    why=text("Why it is as it is"),
    connection=text("Id of the connection"),
    connector=text(),
    resource=text("The target's kind of record"),
    action=text("create, update, void, attach, or an action of the manifest"),
    document=text("Id of the record"),
    revision=whole("Revision of the record that was rendered"),
    step=text(),
    target=shape(id=text("Its id there"), version=text("Its version there")),
    answer=ANYTHING,
    replayed=flag("Whether this is the stored result of an earlier call"),
    waits_for=text("Key of what must be confirmed first"),
    attempts=whole("How often it was sent"),
    due_at=text("When something is done next"),
    created_at=text(),
    sent_at=text("When it was last sent"),
    settled_at=text("When it was settled"),
    actor=text("Who wanted it"),
    trace_id=text(),
)
_WHOLE = shape(request=ANYTHING, exchanges=many(ANYTHING), **COUNTERFOIL["properties"])
_REASON = text("In words; it goes into the audit trail", minLength=1, maxLength=500)


@endpoint(
    "GET",
    "/v1/counterfoils",
    summary="List counterfoils",
    tag="Posting",
    parameters=(
        *PAGED,
        query("state", "Only in this state", enum=list(STATES)),
        query("connection", "Only on this connection"),
        query("document", "Only of this record"),
        query("connector", "Only to this system", example="erp/xero"),
        query("resource", "Only of this kind there"),
        query("action", "Only of this action"),
    ),
    answers={200: Answer("One page, oldest first", page_schema(COUNTERFOIL))},
)
def list_counterfoils(call: Call) -> Reply:
    """Every effect on another system. `state=uncertain`, `dead` and `held` want a person."""
    given = call.given
    filters = {name: given.get(name) for name in ("state", "connector", "resource", "action")}
    filters |= {"connection_id": given.get("connection"), "record_id": given.get("document")}
    page = showing.list_counterfoils(
        call.house, call.tenant, filters, cursor=given.get("cursor"), limit=given["limit"]
    )
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/counterfoils/{key}",
    summary="Show a counterfoil",
    tag="Posting",
    parameters=(_KEY,),
    answers={200: Answer("The counterfoil, its request and every exchange", _WHOLE)},
    refusals=(404,),
)
def get_counterfoil(call: Call) -> Reply:
    """The exact request as it was stored, and what was said; secrets are in neither."""
    return reply(showing.get_counterfoil(call.house, call.tenant, call.given["key"]))


@endpoint(
    "POST",
    "/v1/counterfoils/{key}/retry",
    summary="Try a counterfoil again",
    tag="Posting",
    permission="post",
    parameters=(_KEY,),
    body=Body("Why", schema=closed(("reason",), reason=_REASON),
              example={"reason": "the period is open again"}),
    answers={202: Answer("It is under way again", COUNTERFOIL)},
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def retry_counterfoil(call: Call) -> Reply:
    """Go on with what was refused, given up or held, with the same bytes. What is in doubt is
    looked for in the target first: a retry never makes a second one."""
    said = resolving.retry(call.house, call.who, call.given["key"], call.body["reason"])
    return reply(said, 202, Location=f"/v1/counterfoils/{said['key']}", Retry_After="1")


@endpoint(
    "POST",
    "/v1/counterfoils/{key}/resolve",
    summary="Say what became of a counterfoil",
    tag="Posting",
    permission="post",
    parameters=(_KEY,),
    body=Body(
        "What a person has found there",
        schema=closed(
            ("outcome", "reason"),
            outcome=text("applied: it is there; not_applied: it is not, and is given up",
                         enum=["applied", "not_applied"]),
            target_id=text("Its id there, if it is", minLength=1, maxLength=200),
            reason=_REASON,
        ),
        example={"outcome": "applied", "target_id": "145", "reason": "found it under its number"},
    ),
    answers={200: Answer("As it is now", COUNTERFOIL)},
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def resolve_counterfoil(call: Call) -> Reply:
    """Settle what is uncertain, held or refused by what a person has seen in the target."""
    finding = Finding(
        call.body["outcome"], call.body["reason"], target_id=call.body.get("target_id")
    )
    return reply(resolving.resolve(call.house, call.who, call.given["key"], finding))
