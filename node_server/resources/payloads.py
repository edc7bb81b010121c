"""`/v1/payloads`: what came, as it came."""

from __future__ import annotations

from urllib.parse import quote

from node_server.operations.documents import raw_payload
from node_server.resources.call import Call, Reply
from node_server.resources.endpoint import ANY, Answer, endpoint, in_path

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@endpoint(
    "GET",
    "/v1/payloads/{sha256}",
    summary="Fetch a payload as it came",
    tag="Documents",
    permission="raw",
    parameters=(in_path("sha256", "Its hash", _HASH),),
    answers={200: Answer("The bytes", types=(ANY,))},
    refusals=(404,),
)
def get_payload(call: Call) -> Reply:
    """The bytes of a payload by their SHA-256, as a download: never shown by a browser."""
    found = raw_payload(call.house, call.tenant, call.given["sha256"])
    name = quote(found["filename"] or found["sha256"])
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "sandbox",
    }
    return Reply(found["body"], 200, "application/octet-stream", headers)
