"""`/v1/connections`: the systems that are reached, and how it stands with each."""

from __future__ import annotations

from node_server.operations.connecting import (
    authorising,
    connections,
    discovering,
    exchanging,
    testing,
)
from node_server.operations.connecting.connection_settings import ENVIRONMENTS, SETTINGS
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    LIMIT,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_ID = in_path("id", "Id of the connection", "xero-main")
_NEW_ID = text(
    "Chosen by you; it stands in addresses", pattern="^[a-z0-9]([a-z0-9_-]{0,58}[a-z0-9])?$"
)
_CREDENTIAL = {
    "description": "Name of a credential that is there, or a new one for this connection",
    "anyOf": [
        text(minLength=1, maxLength=120),
        closed(
            ("kind", "parts"),
            kind=text("One of /v1/credential_kinds", maxLength=40),
            parts={"type": "object", "additionalProperties": {"type": "string"}, "writeOnly": True},
        ),
        {"type": "null"},
    ],
}
_CONNECTION = shape(
    ("id", "connector", "name", "environment", "settings", "state"),
    id=text(),
    connector=text("Family and name of its connector"),
    name=text("As people call it"),
    environment=text("production, sandbox or test", enum=list(ENVIRONMENTS)),
    settings=SETTINGS,
    credential=text("Name of its credential"),
    state=text("new, active or reauthorise_required"),
    why=text("Why it does not work"),
    last_ok_at=text("When a call last came through"),
    created_by=text(),
    created_at=text(),
    updated_at=text(),
)
_REVOKED = shape(
    ("revoked",),
    revoked=flag("Whether the other system has taken the consent back"),
    why=text("Why it has not: take it back there"),
)
_SAID = {
    "name": text("As people call it", minLength=1, maxLength=200),
    "environment": text("The vendor's own, its sandbox, or one of yours", enum=list(ENVIRONMENTS)),
    "credential": _CREDENTIAL,
    "settings": SETTINGS,
}
_WISH = closed(("id", "connector"), id=_NEW_ID, connector=text(minLength=3, maxLength=100), **_SAID)
_EXAMPLE = {
    "id": "wise-main", "connector": "bank/wise", "settings": {"variables": {"profile": "101"}},
    "credential": {"kind": "bearer", "parts": {"token": "…"}},
}  # fmt: skip


@endpoint(
    "POST",
    "/v1/connections",
    summary="Connect a system",
    tag="Connections",
    permission="manage",
    body=Body("Which, and what lets us in", schema=_WISH, example=_EXAMPLE, secret=True),
    answers={201: Answer("The connection", _CONNECTION)},
    keyed=True,
    refusals=(400, 409, 413, 415, 422, 503),
)
def connect(call: Call) -> Reply:
    """A system of record, by its connector. Secrets go in and never come out; what needs a
    person's consent is asked for by `POST /v1/connections/{id}/authorise`."""
    made = connections.connect(call.house, call.tenant, call.who.id, call.body)
    return reply(made, 201, Location=f"/v1/connections/{made['id']}")


@endpoint(
    "GET",
    "/v1/connections",
    summary="List connections",
    tag="Connections",
    permission="post",
    parameters=(
        LIMIT,
        query("after", "Id to go on after: `next_cursor` of the page before"),
        ENVELOPE,
    ),
    answers={200: Answer("Connections by id", page_schema(_CONNECTION))},
)
def list_connections(call: Call) -> Reply:
    """With their state: `reauthorise_required` waits for a person."""
    after, limit = call.given.get("after", ""), call.given["limit"]
    return listed(call, connections.page(call.house, call.tenant, after=after, limit=limit))


@endpoint(
    "GET",
    "/v1/connections/{id}",
    summary="Show a connection",
    tag="Connections",
    permission="post",
    parameters=(_ID,),
    answers={200: Answer("The connection", _CONNECTION)},
    refusals=(404,),
)
def get_connection(call: Call) -> Reply:
    """One connection, without its secrets."""
    return reply(connections.get(call.house, call.tenant, call.given["id"]))


@endpoint(
    "PATCH",
    "/v1/connections/{id}",
    summary="Change a connection",
    tag="Connections",
    permission="manage",
    parameters=(_ID,),
    body=Body(
        "What is to be changed",
        schema=closed((), **_SAID),
        example={"name": "Xero, NL"},
        secret=True,
    ),
    answers={200: Answer("The connection", _CONNECTION)},
    refusals=(400, 404, 409, 413, 415, 422, 503),
)
def change_connection(call: Call) -> Reply:
    """What is stated is replaced as a whole. A change of where it leads needs the credential put
    in anew: secrets are not sent to hosts that they were not given for."""
    return reply(
        connections.change(call.house, call.tenant, call.who.id, call.given["id"], call.body)
    )


@endpoint(
    "DELETE",
    "/v1/connections/{id}",
    summary="Disconnect",
    tag="Connections",
    permission="manage",
    parameters=(_ID,),
    answers={
        200: Answer("It is gone, and what became of the consent at the other system", _REVOKED),
        204: Answer("It is gone"),
    },
    refusals=(404,),
)
def disconnect(call: Call) -> Reply:
    """Its own credential goes with it, and the consent is taken back where the other system has an
    address for that; if that fails it is told, and the connection is gone all the same. What was
    sent through it stays, for ever."""
    told = connections.disconnect(call.house, call.tenant, call.who.id, call.given["id"])
    return nothing() if told is None else reply(told.shown())


@endpoint(
    "POST",
    "/v1/connections/{id}/test",
    summary="Try a connection",
    tag="Connections",
    permission="post",
    parameters=(_ID,),
    answers={200: Answer("What works", shape(
        ("ok", "checks"), ok=flag(),
        checks=many(shape(
            ("check", "ok", "message"), check=text(), ok=flag(), message=text(),
            milliseconds=whole())))) },
    refusals=(404,),
)  # fmt: skip
def test_connection(call: Call) -> Reply:
    """Settings, credential, token, and a call that reads: each with what it found. Nothing is
    changed over there."""
    return reply(testing.test(call.house, call.tenant, call.who.id, call.given["id"]))


@endpoint(
    "POST",
    "/v1/connections/{id}/authorise",
    summary="Ask a person for consent",
    tag="Connections",
    permission="manage",
    parameters=(_ID,),
    answers={201: Answer("Where to send them", shape(
        ("url", "expires_at"), url=text("To be opened in a browser"), expires_at=text()))},
    refusals=(404, 409, 503),
)  # fmt: skip
def authorise(call: Call) -> Reply:
    """OAuth 2 with state and PKCE: open the address in a browser, agree there, and the connection
    is active. The client needs the redirect address `/oauth/callback` of this server."""
    made = authorising.begin(call.house, call.tenant, call.who.id, call.given["id"])
    return reply(made, 201)


@endpoint(
    "GET",
    "/v1/connections/{id}/choices",
    summary="List the accounts agreed to",
    tag="Connections",
    permission="manage",
    parameters=(_ID,),
    answers={200: Answer("Accounts with the variables that mean each", shape(
        ("data",), data=many(shape(("title", "variables"), title=text(), variables=ANYTHING))))},
    refusals=(404, 409, 502, 503),
)  # fmt: skip
def list_choices(call: Call) -> Reply:
    """Where one consent opens several accounts: put the variables of the one that is meant into
    the connection's settings."""
    row = connections.found(call.house, call.tenant, call.given["id"])
    return reply({"data": discovering.choices(call.house, row)})


@endpoint(
    "GET",
    "/v1/connections/{id}/exchanges",
    summary="List exchanges",
    tag="Connections",
    permission="raw",
    parameters=(_ID, *PAGED),
    answers={200: Answer("What was said, oldest first", page_schema(shape(
        ("purpose", "status", "at", "exchange"), purpose=text(), status=whole(), at=text(),
        counterfoil=text(), trace_id=text(), exchange=ANYTHING)))},
    refusals=(404,),
)  # fmt: skip
def list_exchanges(call: Call) -> Reply:
    """Every request and answer, without the secrets in them."""
    given = call.given
    return listed(
        call,
        exchanging.page(
            call.house, call.tenant, given["id"], cursor=given.get("cursor"), limit=given["limit"]
        ),
    )
