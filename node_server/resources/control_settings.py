"""`/v1/control-settings`: tolerances, thresholds, due times; always the work of two people."""

from __future__ import annotations

from node_server.operations import configuring
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, closed, many, shape, text, whole

_NAME = in_path(
    "name",
    "match, duplicates, reconciliation, screening, directory, exceptions or automation",
    "automation",
)
_VERSION = in_path("version", "Number of the version, counted from 1", "2")
_STANDING = shape(
    ("name", "version", "settings", "proposed"),
    name=text("Which control they are of"),
    version=whole("In force; 0 for the usual ones"),
    settings={**ANYTHING, "description": "What is in force, usual values included"},
    proposed=many(whole(), "Versions that wait for a second person"),
)
_ONE_VERSION = shape(
    ("name", "version", "state", "settings", "hash", "proposed_by", "proposed_at"),
    name=text(),
    version=whole(),
    state=text("proposed, active, superseded or rejected"),
    settings={**ANYTHING, "description": "As they were proposed"},
    hash=text("Hash of its content"),
    why=text("What was said when it was proposed"),
    proposed_by=text(),
    proposed_at=text(),
    decided_by=text("Who activated or rejected it"),
    decided_at=text(),
    reason=text("What was said then"),
)
_WITH_VERSIONS = shape(
    _STANDING["required"], **_STANDING["properties"], versions=many(_ONE_VERSION)
)
_WHY = text("Why, for whoever reads the trail", minLength=1, maxLength=2000)


@endpoint(
    "GET",
    "/v1/control-settings",
    summary="List the settings of controls",
    tag="Controls",
    parameters=(ENVELOPE,),
    answers={200: Answer("What is in force of each control", page_schema(_STANDING))},
)
def list_control_settings(call: Call) -> Reply:
    """What decides how controls judge, and what is proposed."""
    return listed(call, configuring.overview(call.house, call.tenant))


@endpoint(
    "GET",
    "/v1/control-settings/{name}",
    summary="Show the settings of a control",
    tag="Controls",
    parameters=(_NAME,),
    answers={200: Answer("What is in force, and every version", _WITH_VERSIONS)},
    refusals=(404,),
)
def get_control_settings(call: Call) -> Reply:
    """With who proposed and who activated each version, and why."""
    return reply(configuring.get(call.house, call.tenant, call.given["name"]))


@endpoint(
    "PUT",
    "/v1/control-settings/{name}",
    summary="Propose settings of a control",
    tag="Controls",
    permission="configure",
    parameters=(_NAME, query("why", "Why, for the second person", maxLength=2000)),
    body=Body("All that differs from the usual", schema=ANYTHING, example={"match": False}),
    answers={
        200: Answer("It was proposed before", _ONE_VERSION),
        201: Answer("It waits for a second person", _ONE_VERSION),
    },
    refusals=(400, 404, 413, 415, 422),
)
def put_control_settings(call: Call) -> Reply:
    """Nothing is judged by them before somebody else activates them. All faults are told at once,
    each with its place."""
    given = call.given
    row, new = configuring.propose(call.house, call.who, given["name"], call.body, given.get("why"))
    return reply(row, 201 if new else 200)


@endpoint(
    "POST",
    "/v1/control-settings/{name}/{version}/activate",
    summary="Put proposed settings in force",
    tag="Controls",
    permission="configure",
    parameters=(_NAME, _VERSION),
    body=Body("Why", schema=closed((), reason=_WHY), required=False, example={}),
    answers={200: Answer("It is in force", _ONE_VERSION)},
    refusals=(400, 404, 409, 413, 415, 422),
)
def activate_control_settings(call: Call) -> Reply:
    """By somebody else than who proposed them. What was in force before stays to be seen."""
    given, reason = call.given, (call.body or {}).get("reason")
    done = configuring.activate(call.house, call.who, given["name"], given["version"], reason)
    return reply(done)


@endpoint(
    "POST",
    "/v1/control-settings/{name}/{version}/reject",
    summary="Turn proposed settings down",
    tag="Controls",
    permission="configure",
    parameters=(_NAME, _VERSION),
    body=Body("Why", schema=closed(("reason",), reason=_WHY), example={"reason": "too loose"}),
    answers={200: Answer("It will not be in force", _ONE_VERSION)},
    refusals=(400, 404, 409, 413, 415, 422),
)
def reject_control_settings(call: Call) -> Reply:
    """Whoever proposed them may take them back in the same way."""
    given = call.given
    return reply(
        configuring.reject(
            call.house, call.who, given["name"], given["version"], call.body["reason"]
        )
    )


@endpoint(
    "POST",
    "/v1/control-settings/{name}/{version}/rollback",
    summary="Propose earlier settings again",
    tag="Controls",
    permission="configure",
    parameters=(_NAME, _VERSION),
    body=Body("Why", schema=closed(("reason",), reason=_WHY), example={"reason": "too strict"}),
    answers={201: Answer("It waits for a second person", _ONE_VERSION)},
    refusals=(400, 404, 409, 413, 415, 422),
)
def roll_back_control_settings(call: Call) -> Reply:
    """Only what was in force before; version 0 are the usual settings. A second person activates
    it, as any other."""
    given = call.given
    made = configuring.roll_back(
        call.house, call.who, given["name"], given["version"], call.body["reason"]
    )
    return reply(made, 201)
