"""`/v1/connections/{id}/post`: documents to other systems, each exactly once."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from node_server.operations.posting import planning, showing, waiting
from node_server.operations.posting.attachments import CHOICES
from node_server.operations.posting.planning import Wish
from node_server.resources.call import Call, Reply, reply
from node_server.resources.counterfoils import COUNTERFOIL
from node_server.resources.endpoint import Answer, Body, Parameter, endpoint, in_path, query
from node_server.resources.shapes import ANYTHING, closed, flag, shape, text

_LONGEST_WAIT = 60
_PREFER = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])")
_ID = in_path("id", "Id of the connection", "xero-main")
_WISH = closed(
    ("document",),
    document=text("Id of the record", minLength=1, maxLength=200),
    resource=text("The target's kind of record, where several take the document", maxLength=100),
    action=text("create unless stated; update, void, or an action of the manifest", maxLength=100),
    after=text("Record or counterfoil that must be confirmed there first", maxLength=200),
    attach={
        "enum": list(CHOICES),
        "description": "Files to attach to the record there; as the connection says, unless stated",
    },
    dry_run=flag("Show the exact request; nothing is stored or sent"),
)
_PREVIEW = shape(
    ("dry_run", "key", "request"),
    dry_run=flag(),
    key=text("The key that it would have"),
    request=ANYTHING,
)


@endpoint(
    "POST",
    "/v1/connections/{id}/post",
    summary="Post a document to another system",
    tag="Posting",
    permission="post",
    parameters=(
        _ID,
        query("wait", "Seconds to wait for the outcome, as `Prefer: wait=N`",
              type="integer", minimum=0, maximum=_LONGEST_WAIT),
        Parameter("Prefer", "`wait=N`: answer with the outcome if it comes in so many seconds",
                  place="header"),
    ),
    body=Body("Which document", schema=_WISH,
              example={"document": "inv_xcz5mmqd6wcxnvcnkip3edr7qa"}),
    answers={
        200: Answer("It is there; `replayed` if it was before. Or what a dry run shows",
                    {"anyOf": [COUNTERFOIL, _PREVIEW]}),
        202: Answer("Kept and under way; `Location` tells how it stands", COUNTERFOIL),
    },
    refusals=(400, 404, 409, 413, 415, 422, 502, 503),
)  # fmt: skip
def post_document(call: Call) -> Reply:
    """The document is rendered, its bytes are stored, and from then on nothing makes a second one
    or loses it: no retry of yours, no crash, no lost answer. The same again gives the stored
    result; other content gives 422 with the id there; while it is under way, 409."""
    body = dict(call.body)
    dry_run = body.pop("dry_run", False)
    wish = Wish(**body, trace_id=call.trace.trace_id)
    connection = call.given["id"]
    if dry_run:
        return reply(_previewed(call, connection, wish))
    seconds = _seconds(call)
    planned = waiting.posted(call.house, call.who, connection, wish, seconds)
    said, status = waiting.answer_of(planned)
    headers = {"Location": f"/v1/counterfoils/{said['key']}"}
    headers |= {"Retry_After": "1"} if status == 202 else {}
    headers |= {"Preference_Applied": f"wait={seconds}"} if seconds else {}
    headers |= {"Idempotent_Replayed": "true"} if planned.replayed else {}
    return reply(said, status, **headers)


def _previewed(call: Call, connection: str, wish: Wish) -> dict[str, Any]:
    planned = planning.preview(call.house, call.who, connection, wish)
    said = showing.shown(planned.row) | {"dry_run": True}
    said["request"] = showing.request_shown(planned.row)
    return said | ({"issues": list(planned.issues)} if planned.issues else {})


def _seconds(call: Call) -> int:
    """How long the caller would wait."""
    if (stated := call.given.get("wait")) is not None:
        return int(stated)
    found = _PREFER.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), _LONGEST_WAIT) if found else 0
