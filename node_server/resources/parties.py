"""`/v1/parties` and `/v1/party-changes`: who a party is, and where its money goes."""

from __future__ import annotations

from typing import Any

from node_server.operations.onboarding import changes, confirming, screening
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    PAGED,
    Answer,
    Body,
    Parameter,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, closed, many, shape, text

_PARTY = in_path("id", "Id of the party's record", "cfi1_7j6q")
_ID = in_path("id", "Id of the change", "chg_0123456789abcdef")
_REPORT = shape(
    ("verdict", "identifiers", "screening"),
    verdict=text("clear, review or block"),
    identifiers=ANYTHING,
    screening=ANYTHING,
    similar=many(ANYTHING),
)
_CHANGE = shape(
    ("id", "party", "state", "before", "after"),
    id=text(),
    party=text("Id of the party's record"),
    state=text("proposed, approved, applied, rejected or withdrawn"),
    origin=text("person, or source where a delivery has brought it"),
    why=text(),
    before=many(ANYTHING, "Accounts until now, their numbers in part"),
    after=many(ANYTHING, "Accounts from then on, their numbers in part"),
    changes=many(ANYTHING, "What is different, and what makes it suspicious"),
    proposed_by=text(),
    proposed_at=text(),
    approved_by=text(),
    approved_at=text(),
    effective_at=text("From when it is used: after cooling off"),
    applied_at=text(),
    reason=text(),
)
_WISH = closed(
    ("party", "bank_accounts"),
    party=text("Id of the party's record", minLength=1, maxLength=200),
    bank_accounts=many(ANYTHING, "All accounts as they shall be; canonical bank accounts"),
    reason=text("Who asked for it, and how", maxLength=2000),
)
_REASON = closed(
    ("reason",), reason=text("How it was confirmed, or why not", minLength=3, maxLength=2000)
)
_EXAMPLE: dict[str, Any] = {
    "party": "cfi1_7j6q",
    "bank_accounts": [{"id": {"scheme": "iban", "value": "DE89370400440532013000"}}],
    "reason": "letter of 2 March, on file",
}


@endpoint(
    "POST",
    "/v1/parties/{id}/screen",
    summary="Screen a party",
    tag="Controls",
    permission="ingest",
    parameters=(_PARTY,),
    answers={200: Answer("What was found", _REPORT)},
    refusals=(404,),
)
def screen_party(call: Call) -> Reply:
    """Check digits, known parties that it may be, watch lists. What is found holds it until
    somebody entitled has looked; what is not found any more lets it go."""
    given = call.given
    return reply(screening.screen_party(call.house, call.tenant, call.who.id, given["id"]))


@endpoint(
    "GET",
    "/v1/party-changes",
    summary="List changes of bank details",
    tag="Controls",
    parameters=(
        *PAGED,
        query("state", "Only in this state",
              enum=["proposed", "approved", "applied", "rejected", "withdrawn"]),
        query("party", "Only of this party"),
    ),
    answers={200: Answer("Changes, oldest first", page_schema(_CHANGE))},
)  # fmt: skip
def list_party_changes(call: Call) -> Reply:
    """What was proposed, approved and applied."""
    given = call.given
    filters = {"state": given.get("state"), "record_id": given.get("party")}
    page = changes.list_changes(
        call.house, call.tenant, filters, cursor=given.get("cursor"), limit=given["limit"]
    )
    return listed(call, page)


@endpoint(
    "POST",
    "/v1/party-changes",
    summary="Propose a change of bank details",
    tag="Controls",
    permission="bank_details",
    body=Body("The party and its accounts as they shall be", schema=_WISH, example=_EXAMPLE,
              secret=True),
    answers={201: Answer("The change, to be approved by somebody else", _CHANGE)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def propose_party_change(call: Call) -> Reply:
    """Nothing is paid to the party until somebody else has confirmed or refused it. To confirm
    accounts as they are, propose them unchanged."""
    made = changes.propose(call.house, call.who, call.body)
    return reply(made, 201, Location=f"/v1/party-changes/{made['id']}")


@endpoint(
    "GET",
    "/v1/party-changes/{id}",
    summary="Show a change of bank details",
    tag="Controls",
    parameters=(_ID,),
    answers={200: Answer("The change", _CHANGE)},
    refusals=(404,),
)
def get_party_change(call: Call) -> Reply:
    """One change, with what makes it suspicious."""
    return reply(changes.show(call.house, call.tenant, call.given["id"]))


def _deciding(action: str, summary: str) -> dict[str, Any]:
    parameters: tuple[Parameter, ...] = (_ID,)
    body = Body("Why", schema=_REASON, example={"reason": "called back on the known number"})
    return {
        "method": "POST",
        "path": f"/v1/party-changes/{{id}}/{action}",
        "summary": summary,
        "tag": "Controls",
        "permission": "bank_details",
        "parameters": parameters,
        "body": body,
        "answers": {200: Answer("The change", _CHANGE)},
        "refusals": (400, 404, 409, 413, 415, 422),
    }


@endpoint(**_deciding("approve", "Approve a change of bank details"))
def approve_party_change(call: Call) -> Reply:
    """By somebody other than who brought it. It is used after cooling off, when the worker writes
    it into the party and tells the other systems."""
    given = call.given
    return reply(confirming.approve(call.house, call.who, given["id"], call.body["reason"]))


@endpoint(**_deciding("reject", "Reject a change of bank details"))
def reject_party_change(call: Call) -> Reply:
    """The accounts stay, or become again, those that were known before."""
    given = call.given
    return reply(confirming.reject(call.house, call.who, given["id"], call.body["reason"]))


@endpoint(**_deciding("withdraw", "Withdraw a change of bank details"))
def withdraw_party_change(call: Call) -> Reply:
    """By who proposed it."""
    given = call.given
    return reply(confirming.withdraw(call.house, call.who, given["id"], call.body["reason"]))
