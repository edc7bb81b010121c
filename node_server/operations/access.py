"""Keys and who they let in."""

from __future__ import annotations

import secrets
import time
from typing import Any

from node_server import auth
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.store import access, clock

_REMEMBER_SECONDS = 5
_USED_SECONDS = 60
_MOST_REMEMBERED = 10_000


class Doorkeeper:
    """Tells who is calling; what the store said is believed for a few seconds."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[str, tuple[float, auth.Principal, str | None]] = {}
        self._used: dict[str, float] = {}

    def admit(self, key: str) -> auth.Principal:
        """The principal of a key; a refusal where it is unknown, expired or revoked."""
        found = auth.key_hash(key)
        now = time.monotonic()
        kept = self._known.get(found)
        if kept is None or kept[0] < now:
            kept = self._look_up(found, now)
        _, who, expires = kept
        if expires is not None and expires <= clock.stamp():
            raise _unknown("the key has expired")
        return who

    def _look_up(self, found: str, now: float) -> tuple[float, auth.Principal, str | None]:
        with self._house.store.reading() as connection:
            row = access.key_by_hash(connection, found)
        if row is None:
            self._known.pop(found, None)
            raise _unknown("the key is not known here")
        if row["revoked_at"] is not None and row["revoked_at"] <= clock.stamp():
            self._known.pop(found, None)
            raise _unknown("the key was revoked")
        who = auth.principal(row["tenant"], row["id"], row["name"], frozenset(row["roles"].split()))
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        kept = (now + _REMEMBER_SECONDS, who, row["expires_at"])
        self._known[found] = kept
        self._note_use(row, now)
        return kept

    def _note_use(self, row: dict[str, Any], now: float) -> None:
        if self._used.get(row["id"], -_USED_SECONDS) + _USED_SECONDS > now:
            return
        self._used[row["id"]] = now
        with self._house.store.writing() as connection:
            access.change_key(connection, row["tenant"], row["id"], last_used_at=clock.stamp())


def _unknown(why: str) -> Refusal:
    hint = "send `Authorization: Bearer cf_…`; `counterfoil keys new` makes a key"
    headers = {"WWW-Authenticate": 'Bearer realm="counterfoil"'}
    return Refusal(401, "unauthenticated", why, hint=hint, headers=headers)


def make_key(
    house: House,
    tenant: str,
    name: str,
    roles: list[str],
    *,
    expires_at: str | None = None,
    actor: str = "cli",
) -> dict[str, Any]:
    """A new key; the only answer that ever holds it whole."""
    if unknown := sorted(set(roles) - set(auth.ROLES)):
        known = ", ".join(auth.ROLES)
        raise Refusal(422, "unknown_name", f"unknown role {unknown[0][:40]!r}; use {known}")
    key = auth.new_key()
    row: dict[str, Any] = {
        "id": f"key_{secrets.token_hex(8)}",
        "tenant": tenant,
        "hash": auth.key_hash(key),
        "hint": auth.key_hint(key),
        "name": name,
        "roles": " ".join(sorted(set(roles))),
        "created_at": clock.stamp(),
        "expires_at": expires_at,
    }
    with house.store.writing() as connection:
        access.add_key(connection, row)
        access.note(connection, audit_row(tenant, actor, "key_made", row["id"], row["roles"]))
    return _shown(row) | {"key": key}


def first_key(house: House) -> str | None:
    """The admin key that the first start makes; None where there is any key already."""
    with house.store.writing("first key") as connection:
        if access.any_key(connection):
            return None
        key = auth.new_key()
        row: dict[str, Any] = {
            "id": f"key_{secrets.token_hex(8)}",
            "tenant": "default",
            "hash": auth.key_hash(key),
            "hint": auth.key_hint(key),
            "name": "first admin key",
            "roles": "admin",
            "created_at": clock.stamp(),
            "expires_at": None,
        }
        access.add_key(connection, row)
        access.note(connection, audit_row("default", "first start", "key_made", row["id"], "admin"))
    return key


def list_keys(house: House, tenant: str) -> dict[str, Any]:
    """The keys of a tenant, as far as they may be shown."""
    with house.store.reading() as connection:
        rows = access.keys(connection, tenant)
    return {"data": [_shown(row) for row in rows], "has_more": False}


def revoke_key(house: House, tenant: str, key_id: str, actor: str) -> None:
    """Let a key in no more; it may still be believed for a few seconds elsewhere."""
    with house.store.writing() as connection:
        if not access.change_key(connection, tenant, key_id, revoked_at=clock.stamp()):
            raise Refusal(404, "not_found", "there is no such key")
        access.note(connection, audit_row(tenant, actor, "key_revoked", key_id))


def rotate_key(
    house: House, tenant: str, key_id: str, actor: str, *, overlap_seconds: int
) -> dict[str, Any]:
    """A new key in place of this one, which goes on working for a while."""
    with house.store.reading() as connection:
        rows = [row for row in access.keys(connection, tenant) if row["id"] == key_id]
    if not rows or rows[0]["revoked_at"] is not None:
        raise Refusal(404, "not_found", "there is no such key")
    old = rows[0]
    made = make_key(
        house, tenant, old["name"], old["roles"].split(), expires_at=old["expires_at"], actor=actor
    )
    with house.store.writing() as connection:
        until = clock.stamp(after=overlap_seconds)
        access.change_key(connection, tenant, key_id, revoked_at=until)
        access.note(connection, audit_row(tenant, actor, "key_rotated", key_id, made["id"]))
    return made


def audit_row(
    tenant: str, actor: str, action: str, about: str, detail: str | None = None
) -> dict[str, Any]:
    """A line of the audit trail."""
    row = {"tenant": tenant, "actor": actor, "action": action, "object": about}
    return row | {"detail": detail, "at": clock.stamp()}


def audit_trail(house: House, tenant: str, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Lines of the audit trail after a position."""
    with house.store.reading() as connection:
        return access.notes(connection, tenant, after=after, limit=limit)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "id": row["id"],
        "name": row["name"],
        "hint": row["hint"],
        "roles": row["roles"].split(),
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "last_used_at": row.get("last_used_at"),
        "revoked_at": row.get("revoked_at"),
    }
    return {name: json_value for name, json_value in shown.items() if json_value is not None}
