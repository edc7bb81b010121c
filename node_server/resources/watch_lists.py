"""`/v1/watch-lists`: the lists that parties are screened against."""

from __future__ import annotations

from node_server.operations.onboarding import watch_lists
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import (
    ANY,
    ENVELOPE,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
)
from node_server.resources.shapes import flag, shape, text, whole

_NAME = in_path("name", "Name of the list", "eu-sanctions")
_LIST = shape(
    ("name", "entries"),
    name=text(),
    entries=whole("Persons and companies on it"),
    sha256=text("Hash of the list as it was given"),
    loaded_by=text(),
    loaded_at=text(),
    screened=flag("Whether all known parties were looked up in it"),
)


@endpoint(
    "GET",
    "/v1/watch-lists",
    summary="List the watch lists",
    tag="Controls",
    parameters=(ENVELOPE,),
    answers={200: Answer("All lists of the tenant", page_schema(_LIST))},
)
def list_watch_lists(call: Call) -> Reply:
    """Every party is looked up in all of them."""
    return listed(call, watch_lists.show_all(call.house, call.tenant))


@endpoint(
    "PUT",
    "/v1/watch-lists/{name}",
    summary="Put a watch list",
    tag="Controls",
    permission="configure",
    parameters=(_NAME,),
    body=Body("`targets.simple.csv` or `entities.ftm.json` of OpenSanctions", types=(ANY,)),
    answers={200: Answer("The list", _LIST)},
    refusals=(400, 409, 413, 415, 422),
)
def put_watch_list(call: Call) -> Reply:
    """It takes the place of the one of its name. The worker looks all known parties up in it."""
    data = b"".join(part.data for part in call.parts)
    return reply(watch_lists.put(call.house, call.who, call.given["name"], data))


@endpoint(
    "DELETE",
    "/v1/watch-lists/{name}",
    summary="Remove a watch list",
    tag="Controls",
    permission="configure",
    parameters=(_NAME,),
    answers={204: Answer("It is gone")},
    refusals=(404,),
)
def remove_watch_list(call: Call) -> Reply:
    """Who was held because of it stays held until screened again."""
    watch_lists.remove(call.house, call.who, call.given["name"])
    return nothing()
