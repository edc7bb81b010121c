"""Who is told of events: subscriptions, their deliveries and dead letters."""

from __future__ import annotations

import secrets
from typing import Any

from connectors._transport import ANY_HOST, Policy, TransportRefused, check_url
from connectors._transport.signing import key_bytes, new_secret
from node_server.config import Settings
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.operations.sealing import seal, unseal
from node_server.operations.telling import event_types
from node_server.store import access, clock, events, subscribers

_MOST = 500


def policy_of(settings: Settings) -> Policy:
    """Where webhooks may go: to public addresses over https, unless the operator allows more."""
    return Policy(
        hosts=ANY_HOST,
        allow_http=settings.allow_http_targets,
        allow_private=settings.allow_private_targets,
        connect_timeout=10,
        read_timeout=20,
        total_timeout=25,
        max_bytes=1 << 20,
        keep_alive=30,
    )


def subscribe(house: House, tenant: str, actor: str, body: dict[str, Any]) -> dict[str, Any]:
    """A new subscription; the only answer that holds its secret."""
    _check_target(house, body["url"])
    types = _types(body.get("types") or ["*"])
    secret = _secret(body.get("secret"))
    row = {
        "tenant": tenant,
        "id": f"sub_{secrets.token_hex(10)}",
        "url": body["url"],
        "types": " ".join(types),
        "description": body.get("description"),
        "state": "active",
        "created_at": clock.stamp(),
    }
    row["secret"] = seal(house, secret, _about(tenant, row["id"]))
    with house.store.writing(f"events:{tenant}") as connection:
        if len(subscribers.rows(connection, tenant)) >= _MOST:
            raise Refusal(409, "conflict", f"a tenant has at most {_MOST} subscriptions")
        row["after"] = events.last_position(connection, tenant)
        subscribers.add(connection, row)
        access.note(connection, audit_row(tenant, actor, "subscribed", row["id"]))
    return _shown(row) | {"secret": secret}


def _check_target(house: House, url: str) -> None:
    try:
        check_url(policy_of(house.settings), url)
    except TransportRefused as error:
        place = {"path": "url", "code": error.code, "message": str(error)}
        hint = "use a public https address; the operator can allow private networks and http"
        raise Refusal(422, "target_refused", str(error), errors=[place], hint=hint) from None


def _types(wanted: list[str]) -> list[str]:
    known = event_types()
    for each in wanted:
        if not any(events.takes(each, kind) for kind in known):
            place = {"path": "types", "code": "unknown_name", "message": "matches no event type"}
            hint = "such as finance.invoice.posted.v1, finance.invoice.*.v1, finance.*.paid.v1 or *"
            raise Refusal(
                422, "unknown_name", f"{each[:60]!r} matches no event type",
                errors=[place], hint=hint,
            )  # fmt: skip
    return sorted(set(wanted))


def _secret(stated: str | None) -> str:
    if stated is None:
        return new_secret()
    try:
        key_bytes(stated)
    except ValueError as error:
        place = {"path": "secret", "code": "body_invalid", "message": str(error)}
        raise Refusal(422, "body_invalid", f"secret: {error}", errors=[place]) from None
    return stated


def _about(tenant: str, subscription_id: str) -> str:
    return f"subscription:{tenant}:{subscription_id}"


def secret_of(house: House, row: dict[str, Any]) -> str:
    """The secret that deliveries of a subscription are signed with."""
    return unseal(house, row["secret"], _about(row["tenant"], row["subscription_id"]))


def list_subscriptions(house: House, tenant: str) -> dict[str, Any]:
    """The subscriptions of a tenant, without their secrets."""
    with house.store.reading() as connection:
        rows = subscribers.rows(connection, tenant)
    return {"data": [_shown(row) for row in rows], "has_more": False}


def get_subscription(house: House, tenant: str, subscription_id: str) -> dict[str, Any]:
    """One subscription."""
    return _shown(_found(house, tenant, subscription_id))


def unsubscribe(house: House, tenant: str, actor: str, subscription_id: str) -> None:
    """End a subscription; what it was still to get is dropped."""
    with house.store.writing() as connection:
        if not subscribers.remove(connection, tenant, subscription_id):
            raise _missing()
        access.note(connection, audit_row(tenant, actor, "unsubscribed", subscription_id))


def enable(house: House, tenant: str, subscription_id: str) -> dict[str, Any]:
    """Let a disabled subscription be delivered to again."""
    _found(house, tenant, subscription_id)
    with house.store.writing() as connection:
        subscribers.change(connection, tenant, subscription_id, state="active", why=None)
    return get_subscription(house, tenant, subscription_id)


def replay_dead(house: House, tenant: str, subscription_id: str) -> dict[str, Any]:
    """Put the dead letters of a subscription back into the queue."""
    _found(house, tenant, subscription_id)
    with house.store.writing() as connection:
        count = subscribers.replay(connection, tenant, subscription_id, due=clock.stamp())
    return {"replayed": count}


def list_deliveries(
    house: House,
    tenant: str,
    subscription_id: str,
    *,
    state: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """What was, is and could not be delivered to a subscription."""
    _found(house, tenant, subscription_id)
    with house.store.reading() as connection:
        rows = subscribers.delivery_page(
            connection,
            tenant,
            after=position(cursor),
            limit=limit + 1,
            subscription_id=subscription_id,
            state=state,
        )
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([_delivery(row) for row in rows[:limit]], limit, more)


def _delivery(row: dict[str, Any]) -> dict[str, Any]:
    names = (
        *("event_id", "record_id", "state", "attempts", "due_at", "error", "created_at"),
        "delivered_at",
    )
    shown = {name: row[name] for name in names if row[name] is not None}
    return shown | ({"status": row["status"]} if row["status"] else {})


def _found(house: House, tenant: str, subscription_id: str) -> dict[str, Any]:
    with house.store.reading() as connection:
        row = subscribers.get(connection, tenant, subscription_id)
    if row is None:
        raise _missing()
    return row


def _missing() -> Refusal:
    return Refusal(404, "not_found", "there is no such subscription")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": row["id"],
        "url": row["url"],
        "types": row["types"].split(),
        "description": row.get("description"),
        "state": row["state"],
        "why": row.get("why"),
        "created_at": row["created_at"],
    }
    return {name: value for name, value in shown.items() if value is not None}
