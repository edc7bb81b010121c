"""`/v1/hooks/{connection}`: what other systems send by themselves."""

from __future__ import annotations

from node_server.operations.receiving import kept
from node_server.operations.receiving.arriving import Arrived, receive
from node_server.resources.call import Call, Reply, listed, reply
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
from node_server.resources.shapes import shape, text, whole

_CONNECTION = in_path("id", "Id of the connection", "xero-main")
_EVENT = shape(
    ("event_id", "state"),
    event_id=text("The system's own id of it, or a hash"),
    topic=text(),
    state=text("pending, done, ignored, refused or dead"),
    why=text(),
    attempts=whole(),
    at=text(),
)


@endpoint(
    "POST",
    "/v1/hooks/{connection}",
    summary="Receive a webhook of another system",
    tag="Webhooks in",
    permission=None,
    parameters=(
        in_path("connection", "Id of the connection; `tenant:id` for another than the default",
                "xero-main"),
    ),
    body=Body("What the system sends, as it signs it", (ANY,), required=False),
    answers={
        200: Answer("Kept", shape((), received=whole(), duplicates=whole()),
                    types=("application/json", "text/plain")),
    },
    refusals=(400, 401, 403, 404, 413, 498),
    loose=True,
)  # fmt: skip
def receive_hook(call: Call) -> Reply:
    """The raw body is proven by the scheme of the connector's manifest before a word of it is
    believed; each event is kept once under its own id; what it is about is read afterwards."""
    body = call.parts[0].data if call.parts else b""
    arrived = Arrived(call.given["connection"], call.given, call.headers, body)
    answered = receive(call.house, arrived)
    return Reply(answered.body, answered.status, answered.content_type)


@endpoint(
    "GET",
    "/v1/connections/{id}/events",
    summary="List what a system sent",
    tag="Webhooks in",
    parameters=(_CONNECTION, *PAGED, query("state", "Only in this state", enum=list(kept.STATES))),
    answers={200: Answer("Events, oldest first", page_schema(_EVENT))},
    refusals=(404,),
)
def list_received(call: Call) -> Reply:
    """Events of a connection and what became of each."""
    given = call.given
    page = kept.page(
        call.house,
        call.tenant,
        given["id"],
        state=given.get("state"),
        cursor=given.get("cursor"),
        limit=given["limit"],
    )
    return listed(call, page)


@endpoint(
    "POST",
    "/v1/connections/{id}/events/replay",
    summary="Follow dead events again",
    tag="Webhooks in",
    permission="post",
    parameters=(_CONNECTION,),
    answers={200: Answer("How many were put back", shape(("replayed",), replayed=whole()))},
    refusals=(404,),
)
def replay_received(call: Call) -> Reply:
    """Put what was given up back into the queue."""
    return reply(kept.again(call.house, call.tenant, call.given["id"]))
