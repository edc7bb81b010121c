"""`/v1/map`: payloads to canonical documents; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from node_server.operations.entities import context_of
from node_server.operations.mapping_bytes import Mapped, map_payload
from node_server.resources.call import Call, Reply, lines
from node_server.resources.endpoint import ANY, JSON, NDJSON, Answer, Body, endpoint, query
from node_server.resources.shapes import RESULT, RESULTS

EXAMPLE = '{"Type":"ACCPAY","InvoiceID":"…","InvoiceNumber":"INV-7"}'

CONNECTOR = query("connector", "Connector to use; found by itself when not given", example="ap/ubl")
RESOURCE = query("resource", "Resource of the connector", example="invoice")
ENTITY = query("entity", "Our legal entity, by its id; found by itself when its ids are kept")
OWN_ID = query("own_id", "An identifier of ours, to tell the direction", many=True)
FILENAME = query("filename", "Name of the payload: its ending helps to tell formats apart")


@endpoint(
    "POST",
    "/v1/map",
    summary="Map payloads to canonical documents",
    tag="Pure",
    permission="map",
    parameters=(
        CONNECTOR,
        RESOURCE,
        ENTITY,
        OWN_ID,
        FILENAME,
        query("unmapped", "Also say which source fields no rule used", type="boolean",
              default=False),
    ),
    body=Body("The payload itself, or several as multipart/form-data", (ANY,)),
    answers={
        200: Answer(
            "The documents with keys and issues; several results where several payloads came",
            {"anyOf": [RESULT, RESULTS]},
            types=(JSON, NDJSON),
        )
    },
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def map_payloads(call: Call) -> Reply:
    """Read payloads of any known format. Nothing is stored. The format and the connector are found
    by themselves; archives are unpacked. Ask for `application/x-ndjson` when answers are long."""
    given = call.given
    context = context_of(
        call.house, call.tenant, entity=given.get("entity"), own_ids=tuple(given.get("own_id", ()))
    )
    results = [
        mapped
        for part in call.parts
        for mapped in map_payload(
            call.house,
            part.data,
            part.filename,
            context,
            connector=given.get("connector"),
            resource=given.get("resource"),
            unmapped=given["unmapped"],
            alone=not call.several,
        )
    ]
    if call.wants_lines:
        return lines(_rows(results))
    for each in results:
        each.cap(call.house.settings.max_items)
    if len(results) == 1 and not call.several:
        return Reply(results[0].encoded())
    return Reply(b'{"results":[' + b",".join(each.encoded() for each in results) + b"]}")


def _rows(results: list[Mapped]) -> Iterator[dict[str, Any]]:
    """One line a record, one an issue, and one that closes each payload."""
    for each in results:
        name = {"file": each.name} if each.name else {}
        for record in each.records():
            yield {**name, "record": record}
        for issue in each.issues():
            yield {**name, "issue": issue}
        yield {**name, "result": each.head()}
