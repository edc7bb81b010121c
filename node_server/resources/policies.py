"""`/v1/policies`: decisions as data, proposed by one person and put in force by another."""

from __future__ import annotations

from typing import Any

from node_server.errors import Refusal
from node_server.operations.policing import showing, trying, versions
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    ANY,
    ENVELOPE,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, closed, many, shape, text, whole

_NAME = in_path("name", "Name of the policy", "invoice_approval")
_NUMBER = in_path("number", "Number of the version, counted from 1", "2")
_WHY = text("Why, for whoever reads the trail", minLength=1, maxLength=2000)
VERSION = shape(
    ("policy", "number", "version", "action", "state", "hash", "proposed_by", "proposed_at"),
    policy=text("Name"),
    number=whole("Its place among all that were proposed under this name"),
    version=text("What it calls itself"),
    action=text("put, roll_back or retire: what was proposed"),
    state=text("proposed, active, superseded, retired or rejected"),
    hash=text("Hash of its content"),
    title=text(),
    effective=ANYTHING,
    applies_to=ANYTHING,
    why=text("What was said when it was proposed"),
    proposed_by=text(),
    proposed_at=text(),
    decided_by=text("Who activated, retired or rejected it"),
    decided_at=text(),
    reason=text("What was said then"),
)
_ONE = shape(
    (*VERSION["required"], "source", "content"),
    **VERSION["properties"],
    source=text("As it was written"),
    content={**ANYTHING, "description": "As it is read"},
)
_POLICY = shape(
    ("policy", "versions", "proposed"),
    policy=text("Name"),
    title=text(),
    versions=whole("How many were proposed so far"),
    in_force={**VERSION, "description": "The version that counts today"},
    proposed=many(whole(), "Numbers that wait for a second person"),
)


@endpoint(
    "GET",
    "/v1/policies",
    summary="List the policies",
    tag="Policies",
    parameters=(ENVELOPE,),
    answers={200: Answer("Each with the version that counts today", page_schema(_POLICY))},
)
def list_policies(call: Call) -> Reply:
    """What decides on documents and acts, and what is proposed."""
    return listed(call, showing.overview(call.house, call.tenant))


@endpoint(
    "PUT",
    "/v1/policies/{name}",
    summary="Propose a version of a policy",
    tag="Policies",
    permission="configure",
    parameters=(_NAME, query("why", "Why, for the second person", maxLength=2000)),
    body=Body("The policy, as YAML or JSON", (ANY,)),
    answers={
        200: Answer("It was proposed before, or is in force", VERSION),
        201: Answer("It waits for a second person", VERSION),
    },
    refusals=(400, 409, 413, 415, 422),
)
def put_policy(call: Call) -> Reply:
    """Nothing is decided by it before somebody else activates it. Everything that is wrong with it
    is told at once, each fault with its path, line and column."""
    if call.several:
        raise Refusal(415, "unsupported_media_type", "several files; send one policy as the body")
    given = call.given
    said, new = versions.propose(
        call.house, call.who, given["name"], call.parts[0].data, given.get("why")
    )
    return reply(said, 201 if new else 200)


@endpoint(
    "GET",
    "/v1/policies/{name}",
    summary="List the versions of a policy",
    tag="Policies",
    parameters=(_NAME, ENVELOPE),
    answers={200: Answer("Every version, the first one first", page_schema(VERSION))},
    refusals=(404,),
)
def list_versions(call: Call) -> Reply:
    """Who proposed what, who decided about it, and what became of it."""
    return listed(call, showing.versions(call.house, call.tenant, call.given["name"]))


@endpoint(
    "GET",
    "/v1/policies/{name}/versions/{number}",
    summary="Show a version of a policy",
    tag="Policies",
    parameters=(_NAME, _NUMBER),
    answers={200: Answer("The version, as it was written and as it is read", _ONE)},
    refusals=(404,),
)
def get_version(call: Call) -> Reply:
    """The version whole."""
    return reply(showing.version(call.house, call.tenant, *_which(call)))


@endpoint(
    "POST",
    "/v1/policies/{name}/versions/{number}/test",
    summary="Run a version's own cases",
    tag="Policies",
    permission="read",
    parameters=(_NAME, _NUMBER),
    answers={200: Answer("Case by case, and the rules that none of them tries",
                         shape(("passed", "failed"), passed=whole(), failed=whole(),
                               results=many(ANYTHING), untried=many(text())))},
    refusals=(404,),
)  # fmt: skip
def run_own_cases(call: Call) -> Reply:
    """What its examples come to. A version with a case that fails is not activated."""
    return reply(trying.tested(call.house, call.tenant, *_which(call)))


_PAST = closed(
    (),
    kinds=many(text(), "Kinds of documents; those that it applies to unless stated"),
    date_from=text("Documents of this day or later", pattern=r"^\d{4}-\d{2}-\d{2}$"),
    date_to=text("Documents of this day or earlier", pattern=r"^\d{4}-\d{2}-\d{2}$"),
    most={"type": "integer", "minimum": 1, "maximum": trying.MOST_SIMULATED, "default": 1000,
          "description": "The newest so many"},
)  # fmt: skip
_SIMULATION = shape(
    ("decisions", "outcomes"),
    decisions=whole("How many documents there were"),
    outcomes={**ANYTHING, "description": "How many of each outcome"},
    rules={**ANYTHING, "description": "How often each rule hit"},
    never=many(text(), "Rules that never hit"),
    problems={**ANYTHING, "description": "How often what could not be decided"},
    people={**ANYTHING, "description": "Steps by role or person who would be asked"},
    against=whole("Number of the version that counts today"),
    stricter=whole("Decided more strictly than by that"),
    milder=whole("Decided more mildly"),
    changed=many(
        shape(("document", "old", "new", "why"), document=text("Id of the record"),
              number=text(), old=text(), new=text(), why=text()),
        "The first hundred of these",
    ),
)  # fmt: skip


@endpoint(
    "POST",
    "/v1/policies/{name}/versions/{number}/simulate",
    summary="Try a version on past documents",
    tag="Policies",
    permission="read",
    parameters=(_NAME, _NUMBER),
    body=Body("Which documents; the newest thousand unless stated", schema=_PAST,
              example={"kinds": ["invoice"], "most": 500}, required=False),
    answers={200: Answer("What it would have decided, and what otherwise", _SIMULATION)},
    refusals=(400, 404, 413, 415, 422),
)  # fmt: skip
def simulate_version(call: Call) -> Reply:
    """Decide documents of the store as if the version were in force, and compare with the one that
    is. Facts are those of today: what holds a document now, who is in the directory now."""
    asked = dict(call.body or {})
    asked["kinds"] = tuple(asked.get("kinds", ()))
    past = trying.Past(**asked)
    return reply(trying.simulated(call.house, call.tenant, *_which(call), past))


@endpoint(
    "GET",
    "/v1/policies/{name}/diff",
    summary="Compare two versions of a policy",
    tag="Policies",
    parameters=(
        _NAME,
        query("from", "Number of the older; the one that counts today unless stated",
              type="integer", minimum=1),
        query("to", "Number of the newer; the last proposed unless stated",
              type="integer", minimum=1),
    ),
    answers={200: Answer("What is written, and what is decided, differently",
                         shape(("from", "to"), **{"from": whole(), "to": whole()},
                               changes=many(ANYTHING), decisions=many(ANYTHING)))},
    refusals=(404,),
)  # fmt: skip
def compare_versions(call: Call) -> Reply:
    """Every change by table and rule, and the cases of either that come out otherwise."""
    given = call.given
    name, old, new = given["name"], given.get("from"), given.get("to")
    return reply(trying.differing(call.house, call.tenant, name, old, new))


@endpoint(
    "POST",
    "/v1/policies/{name}/versions/{number}/activate",
    summary="Put a proposal in force",
    tag="Policies",
    permission="configure",
    parameters=(_NAME, _NUMBER),
    body=Body("Why", schema=closed((), reason=_WHY), example={"reason": "tried on last month"},
              required=False),
    answers={200: Answer("The version as it is now", VERSION)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def activate_version(call: Call) -> Reply:
    """By somebody else than whoever proposed it. What it replaces is superseded; a version that
    begins later, or ends, leaves the others to the days that it does not cover."""
    reason = (call.body or {}).get("reason")
    return reply(versions.activate(call.house, call.who, *_which(call), reason))


@endpoint(
    "POST",
    "/v1/policies/{name}/versions/{number}/reject",
    summary="Turn a proposal down",
    tag="Policies",
    permission="configure",
    parameters=(_NAME, _NUMBER),
    body=Body("Why", schema=closed(("reason",), reason=_WHY), example={"reason": "too mild"}),
    answers={200: Answer("The version as it is now", VERSION)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def reject_version(call: Call) -> Reply:
    """Whoever proposed it may take it back in the same way."""
    return reply(versions.reject(call.house, call.who, *_which(call), call.body["reason"]))


@endpoint(
    "POST",
    "/v1/policies/{name}/rollback",
    summary="Propose an earlier version again",
    tag="Policies",
    permission="configure",
    parameters=(_NAME,),
    body=Body("Which one, and why",
              schema=closed(("number", "reason"), number={"type": "integer", "minimum": 1},
                            reason=_WHY),
              example={"number": 1, "reason": "version 2 asks everybody for everything"}),
    answers={201: Answer("The proposal: a second person activates it", VERSION)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def roll_back(call: Call) -> Reply:
    """What was in force before, word for word, under a new number."""
    body = call.body
    place = call.given["name"], body["number"], body["reason"]
    return reply(versions.roll_back(call.house, call.who, *place), 201)


@endpoint(
    "POST",
    "/v1/policies/{name}/retire",
    summary="Propose that a policy decides no more",
    tag="Policies",
    permission="configure",
    parameters=(_NAME,),
    body=Body("Why", schema=closed(("reason",), reason=_WHY), example={"reason": "merged"}),
    answers={201: Answer("The proposal: a second person activates it", VERSION)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def retire_policy(call: Call) -> Reply:
    """To take a control away needs two persons, as to put it in force."""
    given = call.given["name"], call.body["reason"]
    return reply(versions.retire(call.house, call.who, *given), 201)


def _which(call: Call) -> tuple[str, int]:
    """Name and number out of the address."""
    stated: Any = call.given["number"]
    if not (stated.isascii() and stated.isdecimal() and len(stated) < 10):
        raise Refusal(404, "not_found", "there is no such version of a policy")
    return call.given["name"], int(stated)
