"""`/v1/connections/{id}/pull`: what has changed in another system, each row once."""

from __future__ import annotations

from node_server.operations.connecting.connections import found
from node_server.operations.exchanging_files import taken
from node_server.operations.pulling.pulling import Wish, pull, standing
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
)
from node_server.resources.shapes import ANYTHING, OUTCOME, closed, flag, many, shape, text, whole

_ID = in_path("id", "Id of the connection", "xero-main")
_WISH = closed(
    (),
    resource=text("Which list, by its name in the manifest; `files` of a place of files. "
                  "May be left out where there is only one", minLength=1, maxLength=100),
    full=flag("From the beginning, whatever was read before"),
    pages={"type": "integer", "minimum": 1, "maximum": 10_000,
           "description": "At most so many pages now; `more` says whether to call again"},
)  # fmt: skip
_PULLED = shape(
    ("resource", "rows", "actions", "documents", "more"),
    resource=text(),
    rows=whole("Rows, or files, read"),
    actions=ANYTHING,
    documents=many(OUTCOME),
    refused=many(shape(("row", "issues"), row=whole(), file=text(), issues=many(ANYTHING))),
    left=many(shape(("file", "why"), file=text(), why=text("Why it lies there still"))),
    more=flag("Whether pages were left for the next call"),
)
_STANDING = shape(
    ("resource", "state", "rows"),
    resource=text(),
    state=text("idle, reading or failed"),
    why=text(),
    since=text("From when on the next pull asks"),
    under_way=flag("Whether pages are left of the last one"),
    rows=whole(),
    due_at=text("When it is read next by itself"),
    updated_at=text(),
)

_FILE = shape(
    ("name", "sha256", "size", "state", "at"),
    name=text("As it was called last"),
    sha256=text(),
    size=whole("Bytes"),
    modified=text("By the clock of the other side"),
    state=text("taken or refused"),
    why=text("Why it could not be read"),
    documents=whole("Documents that were read from it"),
    at=text("When it was read"),
)


@endpoint(
    "POST",
    "/v1/connections/{id}/pull",
    summary="Read what has changed in another system",
    tag="Pulling",
    permission="ingest",
    parameters=(_ID,),
    body=Body("What to read", schema=_WISH, example={"resource": "bill"}),
    answers={200: Answer("What became of each row", _PULLED)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422, 502, 503),
)
def pull_list(call: Call) -> Reply:
    """Reads on from where the last call ended and takes every row in, each once; how far it came
    is kept page by page, so that a crash loses nothing."""
    return reply(pull(call.house, call.who, call.given["id"], Wish(**call.body)))


@endpoint(
    "GET",
    "/v1/connections/{id}/pull",
    summary="Show how far lists have been read",
    tag="Pulling",
    parameters=(_ID, ENVELOPE),
    answers={200: Answer("Each list that was ever read", page_schema(_STANDING))},
    refusals=(404,),
)
def show_pulls(call: Call) -> Reply:
    """From when on each list is asked for next, and when that is."""
    found(call.house, call.tenant, call.given["id"])
    rows = standing(call.house, call.tenant, call.given["id"])
    return listed(call, {"data": rows, "has_more": False})


@endpoint(
    "GET",
    "/v1/connections/{id}/files",
    summary="List the files that were taken from a place",
    tag="Pulling",
    parameters=(_ID, *PAGED),
    answers={200: Answer("What became of each, by the hash of its bytes", page_schema(_FILE))},
    refusals=(400, 404),
)
def list_files(call: Call) -> Reply:
    """Each file once, however often it was delivered. Its bytes are the payload of that hash, and
    a source of the documents that were read from it."""
    found(call.house, call.tenant, call.given["id"])
    place = call.tenant, call.given["id"]
    page = taken.page(call.house, *place, call.given.get("cursor"), call.given["limit"])
    return listed(call, page)
