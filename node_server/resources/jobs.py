"""`/v1/jobs`: long work, done afterwards."""

from __future__ import annotations

from node_server.operations import bulk
from node_server.operations.ingesting import Intake, Payload
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    ANY,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
)
from node_server.resources.map import CONNECTOR, ENTITY, FILENAME, OWN_ID, RESOURCE
from node_server.resources.shapes import ANYTHING, shape, text, whole

_JOB = shape(
    ("id", "kind", "state", "total", "done", "failed"),
    id=text(),
    kind=text(),
    state=text("pending, running, done or failed"),
    total=whole("Payloads in it, once known"),
    done=whole(),
    failed=whole(),
    error=text(),
    outcome=ANYTHING,
    created_at=text(),
    updated_at=text(),
)


@endpoint(
    "POST",
    "/v1/jobs",
    summary="Take in an archive in the background",
    tag="Jobs",
    permission="ingest",
    parameters=(CONNECTOR, RESOURCE, ENTITY, OWN_ID, FILENAME),
    body=Body("An archive, or any payload that takes long", (ANY,)),
    answers={202: Answer("The job; ask for its progress at `Location`", _JOB)},
    keyed=True,
    refusals=(400, 409, 413, 415, 422),
)
def start_job(call: Call) -> Reply:
    """Keep the bytes and take in each document of them afterwards. A crash in between loses
    nothing and doubles nothing."""
    given, part = call.given, call.parts[0]
    how = Intake(
        given.get("connector"),
        given.get("resource"),
        given.get("entity"),
        tuple(given.get("own_id", ())),
        call.trace.header,
    )
    made = bulk.start(call.house, call.who, Payload(part.data, part.mime, part.filename), how)
    return reply(made, 202, Location=f"/v1/jobs/{made['id']}", Retry_After="1")


@endpoint(
    "GET",
    "/v1/jobs",
    summary="List jobs",
    tag="Jobs",
    parameters=PAGED,
    answers={200: Answer("One page, oldest first", page_schema(_JOB))},
)
def list_jobs(call: Call) -> Reply:
    """Jobs in the order in which they came."""
    page = bulk.list_jobs(
        call.house, call.tenant, cursor=call.given.get("cursor"), limit=call.given["limit"]
    )
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/jobs/{id}",
    summary="Show a job",
    tag="Jobs",
    parameters=(in_path("id", "Id of the job", "job_0123456789abcdef0123"),),
    answers={200: Answer("How far it is", _JOB)},
    refusals=(404,),
)
def get_job(call: Call) -> Reply:
    """How far a job is, what came of it, and which payloads were refused and why."""
    return reply(bulk.get_job(call.house, call.tenant, call.given["id"]))
