"""`/v1/credentials`: secrets go in and never come out."""

from __future__ import annotations

from node_server.operations.connecting import secrets
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import ENVELOPE, Answer, Body, endpoint, in_path, page_schema
from node_server.resources.shapes import ANYTHING, closed, many, shape, text, whole

_NAME = in_path("name", "Name of the credential", "xero-main")
_KIND = shape(
    ("kind", "schema"),
    kind=text(),
    schema={**ANYTHING, "description": "JSON Schema of its parts; `writeOnly` ones are secret"},
)
_CREDENTIAL = shape(
    ("name",),
    name=text(),
    kind=text("One of /v1/credential_kinds"),
    version=whole("It grows with each change"),
    public={**ANYTHING, "description": "Parts that may be shown"},
    secret=many(text(), "Names of the parts that are not"),
    connections=many(text(), "Connections that use it"),
    why=text("Why it cannot be opened"),
)
_WISH = closed(
    ("kind", "parts"),
    kind=text("One of /v1/credential_kinds", maxLength=40),
    parts={
        "type": "object",
        "description": "All parts of it; those that were there before go",
        "additionalProperties": {"type": "string"},
        "writeOnly": True,
    },
    version=whole("Refuse where it is no longer at this version; 0: not there") | {"minimum": 0},
)
_EXAMPLE = {"kind": "oauth2_code", "parts": {"client_id": "…", "client_secret": "…"}}


@endpoint(
    "GET",
    "/v1/credential_kinds",
    summary="List kinds of credentials",
    tag="Connections",
    parameters=(ENVELOPE,),
    answers={200: Answer("All kinds", page_schema(_KIND))},
)
def list_kinds(call: Call) -> Reply:
    """What each kind is made of, for a form to be drawn from."""
    return listed(call, {"data": secrets.kinds(), "has_more": False})


@endpoint(
    "GET",
    "/v1/credentials",
    summary="List credentials",
    tag="Connections",
    permission="manage",
    parameters=(ENVELOPE,),
    answers={200: Answer("All credentials, none with its secrets", page_schema(_CREDENTIAL))},
    refusals=(503,),
)
def list_credentials(call: Call) -> Reply:
    """Names, kinds and public parts."""
    rows = secrets.list_credentials(call.house, call.tenant, call.who.id)
    return listed(call, {"data": rows, "has_more": False})


@endpoint(
    "GET",
    "/v1/credentials/{name}",
    summary="Show a credential",
    tag="Connections",
    permission="manage",
    parameters=(_NAME,),
    answers={200: Answer("The credential without its secrets", _CREDENTIAL)},
    refusals=(404, 422, 503),
)
def get_credential(call: Call) -> Reply:
    """One credential: its public parts, and the names of the secret ones."""
    name = call.given["name"]
    return reply(secrets.describe(call.house, call.tenant, call.who.id, name))


@endpoint(
    "PUT",
    "/v1/credentials/{name}",
    summary="Put a credential in",
    tag="Connections",
    permission="manage",
    parameters=(_NAME,),
    body=Body("All of its parts", schema=_WISH, example=_EXAMPLE, secret=True),
    answers={
        200: Answer("It was put in anew", _CREDENTIAL),
        201: Answer("It is new", _CREDENTIAL),
    },
    refusals=(400, 409, 413, 415, 422, 503),
)
def put_credential(call: Call) -> Reply:
    """Sealed before it is stored. A credential is replaced as a whole: no part of the old one can
    be combined with a new one."""
    name = call.given["name"]
    made, new = secrets.put(call.house, call.tenant, call.who.id, name, call.body)
    return reply(made, 201 if new else 200)


@endpoint(
    "DELETE",
    "/v1/credentials/{name}",
    summary="Delete a credential",
    tag="Connections",
    permission="manage",
    parameters=(_NAME,),
    answers={204: Answer("It is gone")},
    refusals=(404, 409, 422, 503),
)
def delete_credential(call: Call) -> Reply:
    """Also one that no key opens any more. Not one that a connection uses."""
    secrets.remove(call.house, call.tenant, call.who.id, call.given["name"])
    return nothing()
