"""`/v1/events`: what happened, as a stream that can be read again."""

from __future__ import annotations

from node_server.operations.telling import list_events as page_of_events
from node_server.resources.call import Call, Reply, listed
from node_server.resources.endpoint import ENVELOPE, LIMIT, Answer, endpoint, page_schema, query
from node_server.resources.shapes import EVENT


@endpoint(
    "GET",
    "/v1/events",
    summary="Read events",
    tag="Events",
    parameters=(
        LIMIT,
        ENVELOPE,
        query("after", "Where to go on: `next_cursor` of a page; `newest` for what is to come"),
        query("types", "Types to read, `*` for any one part", default="*",
              example="finance.invoice.*.v1"),
    ),
    answers={200: Answer("Events, oldest first; the cursor is given at the end too",
                         page_schema(EVENT))},
)  # fmt: skip
def list_events(call: Call) -> Reply:
    """CloudEvents in order. Keep `next_cursor`, ask again with it: nothing is missed, and what is
    read twice has the same id."""
    given = call.given
    page = page_of_events(
        call.house, call.tenant, after=given.get("after"), limit=given["limit"],
        types=given["types"],
    )  # fmt: skip
    return listed(call, page)
