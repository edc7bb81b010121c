"""Who may do what: API keys and the roles that they carry. Pure; the store keeps the hashes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

KEY_MARK: Final = "cf_"
_KEY_BYTES = 24
_SHOWN = 7

ROLES: Final[dict[str, str]] = {
    "reader": "Reads documents, events, connectors and schemas",
    "mapper": "Maps, renders and validates payloads, and takes documents in",
    "poster": "Posts documents to other systems and receives from them",
    "approver": "Approves, rejects and releases documents",
    "controller": "Releases what controls hold; proposes and activates their settings and policies",
    "vendor_manager": "Takes vendors in and changes their bank details, with a second person",
    "subscriber": "Is told of events; beside another role, for those who start workflows on them",
    "auditor": "Reads everything, raw payloads and the audit trail included",
    "admin": "Does everything, keys and subscriptions included",
}

# What each role may do; admin may do all.
_ALLOWED: Final[dict[str, frozenset[str]]] = {
    "reader": frozenset({"read", "map"}),
    "mapper": frozenset({"read", "map", "ingest"}),
    "poster": frozenset({"read", "map", "ingest", "post", "step"}),
    "approver": frozenset({"read", "map", "step", "approve", "release"}),
    "controller": frozenset({"read", "map", "audit", "step", "release", "configure"}),
    "vendor_manager": frozenset({"read", "map", "ingest", "bank_details"}),
    "subscriber": frozenset({"read", "map", "subscribe"}),
    "auditor": frozenset({"read", "map", "raw", "audit"}),
    "admin": frozenset(
        {"read", "map", "ingest", "post", "step", "approve", "release", "configure"}
        | {"bank_details", "raw", "audit", "subscribe", "manage"}
    ),
}

PERMISSIONS: Final = frozenset().union(*_ALLOWED.values())


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: a key or a token, of one tenant, with its roles."""

    tenant: str
    id: str
    name: str
    roles: frozenset[str]
    permissions: frozenset[str]


def principal(tenant: str, key_id: str, name: str, roles: frozenset[str]) -> Principal:
    """The principal with all that its roles allow."""
    allowed = frozenset().union(*(_ALLOWED.get(role, frozenset()) for role in roles))
    return Principal(tenant, key_id, name, roles, allowed)


def roles_that_may(permission: str) -> list[str]:
    """The roles that carry a permission."""
    return [role for role, allowed in _ALLOWED.items() if permission in allowed]


def new_key() -> str:
    """A new API key: shown once, kept as a hash."""
    return KEY_MARK + secrets.token_urlsafe(_KEY_BYTES)


def key_hash(key: str) -> str:
    """What is stored of a key. It holds 192 bits of chance, so one fast hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def key_hint(key: str) -> str:
    """What may be shown of a key, so that people can tell theirs apart."""
    return key[:_SHOWN] + "…"
