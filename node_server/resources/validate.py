"""`/v1/validate`: judging a canonical document."""

from __future__ import annotations

from node_server.operations.validating import validate
from node_server.resources.call import Call, Reply, encode, reply
from node_server.resources.endpoint import Answer, Body, endpoint, query
from node_server.resources.shapes import RESULT


@endpoint(
    "POST",
    "/v1/validate",
    summary="Check a canonical document",
    tag="Pure",
    permission="map",
    parameters=(
        query("ignore", "Id of a rule to leave out; said so in the result", many=True,
              example="BR-CO-15"),
    ),
    body=Body("A canonical document", schema={"type": "object"},
              example={"kind": "invoice", "number": "INV-7"}),
    answers={200: Answer("Its record with keys and issues; no record where it is no document",
                         RESULT)},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def validate_document(call: Call) -> Reply:
    """Whether it is a document, what its keys are, and what does not add up."""
    ignore = call.given.get("ignore", ())
    return reply(validate(encode(call.body), ignore=ignore, tenant=call.tenant))
