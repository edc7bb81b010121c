"""`/v1/subscriptions`: who is told of events."""

from __future__ import annotations

from node_server.operations import subscribing
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import closed, many, shape, text, whole

_ID = in_path("id", "Id of the subscription", "sub_0123456789abcdef0123")
_SUBSCRIPTION = shape(
    ("id", "url", "types", "state"),
    id=text(),
    url=text(),
    types=many(text()),
    description=text(),
    state=text("active or disabled"),
    why=text("Why it is disabled"),
    secret=text("Only in the answer that makes it"),
    created_at=text(),
)
_WISH = closed(
    ("url",),
    url=text("Where events are sent", minLength=8, maxLength=2000),
    types=many(text(minLength=1, maxLength=200), "Types, `*` for any one part; all if absent"),
    secret=text("`whsec_` and base64; made if absent", minLength=1, maxLength=200),
    description=text(maxLength=500),
)


@endpoint(
    "POST",
    "/v1/subscriptions",
    summary="Subscribe to events",
    tag="Events",
    permission="subscribe",
    body=Body("Where to, and which", schema=_WISH,
              example={"url": "https://n8n.example/webhook/1", "types": ["finance.invoice.*.v1"]}),
    answers={201: Answer("The subscription, with its secret this once", _SUBSCRIPTION)},
    keyed=True,
    refusals=(400, 409, 413, 415, 422),
)  # fmt: skip
def subscribe(call: Call) -> Reply:
    """Events are sent as CloudEvents, signed as Standard Webhooks says, at least once and in order
    for each document, and tried again for days."""
    made = subscribing.subscribe(call.house, call.tenant, call.who.id, call.body)
    return reply(made, 201, Location=f"/v1/subscriptions/{made['id']}")


@endpoint(
    "GET",
    "/v1/subscriptions",
    summary="List subscriptions",
    tag="Events",
    permission="subscribe",
    parameters=(ENVELOPE,),
    answers={200: Answer("All subscriptions", page_schema(_SUBSCRIPTION))},
)
def list_subscriptions(call: Call) -> Reply:
    """The tenant's subscriptions, without their secrets."""
    return listed(call, subscribing.list_subscriptions(call.house, call.tenant))


@endpoint(
    "GET",
    "/v1/subscriptions/{id}",
    summary="Show a subscription",
    tag="Events",
    permission="subscribe",
    parameters=(_ID,),
    answers={200: Answer("The subscription", _SUBSCRIPTION)},
    refusals=(404,),
)
def get_subscription(call: Call) -> Reply:
    """One subscription, without its secret."""
    return reply(subscribing.get_subscription(call.house, call.tenant, call.given["id"]))


@endpoint(
    "DELETE",
    "/v1/subscriptions/{id}",
    summary="Unsubscribe",
    tag="Events",
    permission="subscribe",
    parameters=(_ID,),
    answers={204: Answer("It is gone")},
    refusals=(404,),
)
def unsubscribe(call: Call) -> Reply:
    """End it; what it was still to get is dropped."""
    subscribing.unsubscribe(call.house, call.tenant, call.who.id, call.given["id"])
    return nothing()


@endpoint(
    "POST",
    "/v1/subscriptions/{id}/enable",
    summary="Enable a disabled subscription",
    tag="Events",
    permission="subscribe",
    parameters=(_ID,),
    answers={200: Answer("The subscription", _SUBSCRIPTION)},
    refusals=(404,),
)
def enable_subscription(call: Call) -> Reply:
    """A target that answered 410 is told nothing more until this."""
    return reply(subscribing.enable(call.house, call.tenant, call.given["id"]))


@endpoint(
    "GET",
    "/v1/subscriptions/{id}/deliveries",
    summary="List deliveries",
    tag="Events",
    permission="subscribe",
    parameters=(
        _ID, *PAGED,
        query("state", "Only in this state", enum=["pending", "delivered", "dead"]),
    ),
    answers={200: Answer("Deliveries, oldest first", page_schema(
        shape(("event_id", "state", "attempts"), event_id=text(), state=text(), attempts=whole(),
              error=text(), status=whole())))},
    refusals=(404,),
)  # fmt: skip
def list_deliveries(call: Call) -> Reply:
    """What was delivered, what waits, and what was given up (dead)."""
    given = call.given
    page = subscribing.list_deliveries(
        call.house,
        call.tenant,
        given["id"],
        state=given.get("state"),
        cursor=given.get("cursor"),
        limit=given["limit"],
    )
    return listed(call, page)


@endpoint(
    "POST",
    "/v1/subscriptions/{id}/replay",
    summary="Send dead letters again",
    tag="Events",
    permission="subscribe",
    parameters=(_ID,),
    answers={200: Answer("How many were put back", shape(("replayed",), replayed=whole()))},
    refusals=(404,),
)
def replay_dead(call: Call) -> Reply:
    """Put what was given up back into the queue."""
    return reply(subscribing.replay_dead(call.house, call.tenant, call.given["id"]))
