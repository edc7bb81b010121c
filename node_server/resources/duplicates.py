"""`/v1/duplicates`: documents that may be one, explained and held, never rejected."""

from __future__ import annotations

from node_server.operations import suspecting
from node_server.operations.controlling import asking
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.documents import ID
from node_server.resources.endpoint import (
    PAGED,
    Answer,
    Body,
    endpoint,
    page_schema,
    query,
)
from node_server.resources.matches import GIVEN, SETTINGS
from node_server.resources.shapes import closed, flag, many, shape, text

_EVIDENCE = shape(("basis", "weight", "why"), basis=text(), weight=text(), why=text())
_PAIR = shape(
    ("one", "other", "verdict", "score", "why"),
    one=text(),
    other=text(),
    verdict=text("hold, warn, or link for a credit note and its invoice"),
    score=text("How likely they are one, 0 to 1"),
    reasons=many(_EVIDENCE, "What they share"),
    against=many(_EVIDENCE, "What speaks for two"),
    across=many(text(), "In what their origins differ"),
    code=text(),
    why=text("All of it in words"),
)
_OPEN = shape(
    ("id", "document", "holds", "summary", "suspicions"),
    id=text("Id of the exception"),
    document=text("Id of the record that waits"),
    holds=flag("Whether payment waits for a decision"),
    score=text("Of the likeliest"),
    summary=text("In words"),
    records=many(shape(("id",), id=text(), number=text()), "What it may be a copy of"),
    suspicions=many(_PAIR),
    opened_at=text(),
)


@endpoint(
    "GET",
    "/v1/duplicates",
    summary="List what may be there twice",
    tag="Controls",
    parameters=(*PAGED, query("holds", "Only what holds payment, or not", type="boolean")),
    answers={200: Answer("One page, oldest first", page_schema(_OPEN))},
)
def list_duplicates(call: Call) -> Reply:
    """Open suspicions with what speaks for them and against. Release one by its exception, or
    archive the copy as a duplicate."""
    given = call.given
    page = suspecting.list_open(
        call.house, call.tenant, given.get("holds"),
        cursor=given.get("cursor"), limit=given["limit"],
    )  # fmt: skip
    return listed(call, page)


@endpoint(
    "POST",
    "/v1/documents/{id}/duplicates",
    summary="Judge again what a document may be a copy of",
    tag="Controls",
    permission="step",
    parameters=(ID,),
    answers={200: Answer("Pairs, most likely first", shape(("data",), data=many(_PAIR)))},
    refusals=(404, 409),
)
def judge_document(call: Call) -> Reply:
    """Compare a stored document with all that share something with it. A suspicion that does not
    hold any more is closed; a new one is opened."""
    found = suspecting.judge_again(call.house, call.tenant, call.given["id"])
    return reply({"data": found, "has_more": False})


@endpoint(
    "POST",
    "/v1/duplicates",
    summary="Find what may be there twice among documents sent along",
    tag="Controls",
    permission="map",
    body=Body(
        "The documents",
        schema=closed(("documents",), documents=GIVEN, settings=SETTINGS),
    ),
    answers={200: Answer("Pairs, most likely first, by place in the list",
                         shape(("data",), data=many(_PAIR)))},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def find_duplicates(call: Call) -> Reply:
    """Nothing is stored and nothing is held."""
    body = call.body
    found = asking.duplicates_given(
        call.house, call.tenant, body["documents"], body.get("settings")
    )
    return reply({"data": found, "has_more": False})
