"""`/v1/keys`, `/v1/entities`, `/v1/audit`: a tenant's own affairs."""

from __future__ import annotations

from node_server.auth import ROLES
from node_server.envelope import page_of, position
from node_server.operations import access, entities
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
)
from node_server.resources.shapes import closed, many, shape, text

_DAY = 86_400
_ID = in_path("id", "Id of the key", "key_0123456789abcdef")
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"
_KEY = shape(
    ("id", "name", "roles", "hint", "created_at"),
    id=text(),
    name=text(),
    key=text("Whole, only in the answer that makes it"),
    hint=text("How it begins"),
    roles=many(text()),
    created_at=text(),
    expires_at=text(),
    last_used_at=text(),
    revoked_at=text(),
)
_WISH = closed(
    ("name", "roles"),
    name=text("What it is for", minLength=1, maxLength=200),
    roles={"type": "array", "items": {"type": "string", "enum": list(ROLES)}, "minItems": 1},
    expires_at=text("When it stops to work, RFC 3339 in UTC", pattern=_INSTANT),
)


@endpoint(
    "POST",
    "/v1/keys",
    summary="Make a key",
    tag="Access",
    permission="manage",
    body=Body("What it is for and may do", schema=_WISH,
              example={"name": "n8n", "roles": ["mapper"]}),
    answers={201: Answer("The key, whole this once", _KEY)},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def make_key(call: Call) -> Reply:
    """A new key of this tenant. Only its hash is kept: note the key now."""
    body = call.body
    made = access.make_key(
        call.house,
        call.tenant,
        body["name"],
        body["roles"],
        expires_at=body.get("expires_at"),
        actor=call.who.id,
    )
    return reply(made, 201)


@endpoint(
    "GET",
    "/v1/keys",
    summary="List keys",
    tag="Access",
    permission="manage",
    parameters=(ENVELOPE,),
    answers={200: Answer("All keys, none of them whole", page_schema(_KEY))},
)
def list_keys(call: Call) -> Reply:
    """Keys with their roles and when they were last used."""
    return listed(call, access.list_keys(call.house, call.tenant))


@endpoint(
    "DELETE",
    "/v1/keys/{id}",
    summary="Revoke a key",
    tag="Access",
    permission="manage",
    parameters=(_ID,),
    answers={204: Answer("It lets nobody in any more")},
    refusals=(404,),
)
def revoke_key(call: Call) -> Reply:
    """At once here; other processes may believe it for five seconds more."""
    access.revoke_key(call.house, call.tenant, call.given["id"], call.who.id)
    return nothing()


@endpoint(
    "POST",
    "/v1/keys/{id}/rotate",
    summary="Replace a key",
    tag="Access",
    permission="manage",
    parameters=(_ID,),
    body=Body(
        "How long both work",
        schema=closed((), overlap_seconds={"type": "integer", "minimum": 0, "maximum": 30 * _DAY}),
        required=False,
        example={"overlap_seconds": _DAY},
    ),
    answers={201: Answer("The new key, whole this once", _KEY)},
    refusals=(400, 404, 413, 415, 422),
)
def rotate_key(call: Call) -> Reply:
    """A new key with the same name and roles; the old one works for a day more, or as long as
    `overlap_seconds` says."""
    overlap = (call.body or {}).get("overlap_seconds", _DAY)
    made = access.rotate_key(
        call.house, call.tenant, call.given["id"], call.who.id, overlap_seconds=overlap
    )
    return reply(made, 201)


_ENTITY_ID = in_path("id", "Id of the entity", "DE01")
_ENTITY = shape(("id", "own_ids"), id=text(), name=text(), own_ids=many(text()))


@endpoint(
    "GET",
    "/v1/entities",
    summary="List our legal entities",
    tag="Access",
    parameters=(ENVELOPE,),
    answers={200: Answer("All entities", page_schema(_ENTITY))},
)
def list_entities(call: Call) -> Reply:
    """Our own companies with the identifiers by which documents name them."""
    rows = entities.list_entities(call.house, call.tenant)
    return listed(call, {"data": rows, "has_more": False})


@endpoint(
    "PUT",
    "/v1/entities/{id}",
    summary="Keep a legal entity of ours",
    tag="Access",
    permission="manage",
    parameters=(_ENTITY_ID,),
    body=Body(
        "Its name and identifiers",
        schema=closed(
            ("own_ids",),
            name=text(maxLength=500),
            own_ids={
                "type": "array",
                "items": text(minLength=1, maxLength=200),
                "maxItems": 200,
            },
        ),
        example={"name": "Example GmbH", "own_ids": ["DE123456789"]},
    ),
    answers={200: Answer("The entity", _ENTITY)},
    refusals=(400, 409, 413, 415, 422),
)
def put_entity(call: Call) -> Reply:
    """VAT numbers, GLNs, IBANs, Peppol ids: whatever documents call us by. Payable, receivable
    and `entity` then resolve by themselves."""
    return reply(entities.put_entity(call.house, call.tenant, call.given["id"], call.body))


@endpoint(
    "DELETE",
    "/v1/entities/{id}",
    summary="Forget a legal entity",
    tag="Access",
    permission="manage",
    parameters=(_ENTITY_ID,),
    answers={204: Answer("It is gone")},
    refusals=(404,),
)
def remove_entity(call: Call) -> Reply:
    """Documents that name it stay as they are."""
    entities.remove_entity(call.house, call.tenant, call.given["id"])
    return nothing()


@endpoint(
    "GET",
    "/v1/audit",
    summary="Read the audit trail",
    tag="Access",
    permission="audit",
    parameters=PAGED,
    answers={200: Answer("Who did what, oldest first", page_schema(
        shape(("actor", "action", "object", "at"), actor=text(), action=text(), object=text(),
              detail=text(), at=text())))},
)  # fmt: skip
def read_audit(call: Call) -> Reply:
    """What was done to keys and subscriptions, by whom and when."""
    limit = call.given["limit"]
    rows = access.audit_trail(
        call.house, call.tenant, after=position(call.given.get("cursor")), limit=limit + 1
    )
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    hidden = ("position", "tenant")
    shown = [{k: v for k, v in row.items() if v is not None and k not in hidden} for row in rows]
    return listed(call, page_of(shown[:limit], limit, more))
