"""`/v1/render`: canonical documents to another system's payload."""

from __future__ import annotations

import json
from typing import Any

from node_server.errors import Refusal
from node_server.operations.rendering import render_plain
from node_server.resources.call import Call, Reply
from node_server.resources.endpoint import ANY, Answer, Body, endpoint, query
from node_server.resources.shapes import DOCUMENT, closed, many

_LONGEST_HEADER = 4000
_DOCUMENTS = closed(("documents",), documents=many(DOCUMENT))
_EXAMPLE = {"documents": [{"kind": "invoice", "number": "INV-7"}]}


@endpoint(
    "POST",
    "/v1/render",
    summary="Write documents as another system's payload",
    tag="Pure",
    permission="map",
    parameters=(
        query("connector", "Connector that writes", example="ap/ubl"),
        query("resource", "Resource to write", example="invoice"),
        query("strict", "Refuse where something could not be said", type="boolean", default=False),
    ),
    body=Body("One canonical document, or several in `documents`",
              schema={"anyOf": [DOCUMENT, _DOCUMENTS]}, example=_EXAMPLE),
    answers={200: Answer("The payload, in its own content type; `Counterfoil-Issues` counts what "
                         "it could not say, and `Counterfoil-Issue` tells it", types=(ANY,))},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def render(call: Call) -> Reply:
    """Write canonical documents the way another system reads them. Nothing is stored or sent."""
    given = call.given
    for name in ("connector", "resource"):
        if name not in given:
            place = {"path": name, "code": "parameter_invalid", "message": "is missing"}
            hint = "`GET /v1/connectors` lists what can be written"
            raise Refusal(400, "parameter_invalid", f"{name} is missing", errors=[place], hint=hint)
    documents = call.body.get("documents", [call.body])
    made = render_plain(
        documents, given["connector"], given["resource"], call.house.overlay_of(call.tenant)
    )
    if given["strict"] and made.issues:
        message = f"{len(made.issues)} things could not be said"
        raise Refusal(422, "map_unusable", message, errors=made.issues)
    headers = {"Counterfoil-Issues": str(len(made.issues))}
    if made.issues:
        headers["Counterfoil-Issue"] = _told(made.issues)
    return Reply(made.payload, 200, made.mime, headers)


def _told(issues: list[dict[str, Any]]) -> str:
    """The first issues, as many as a header holds."""
    shown = issues[:5]
    while len(shown) > 1 and len(json.dumps(shown)) > _LONGEST_HEADER:
        shown.pop()
    return json.dumps(shown)
