"""Changing the master key while everybody works: a new one seals, all is sealed anew, old ones go.

Every process looks at the key file before each use, and the new key is in it before anything is
sealed under it. What another process seals meanwhile under the old one is found by the next round.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from credentials import Unreadable, rewrap_table
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.store import access, clock, sealed_texts
from node_server.store.outward_tables import credentials

_ROUNDS = 20
_HOME = "default"


@dataclass
class Rotated:
    """What a rotation did."""

    key: str
    """The key that seals now."""
    changed: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Tenant and name of what no key at hand opens: it was left as it is."""
    dropped: list[str] = field(default_factory=list)
    """Old keys that nothing needs any more, taken out of the file."""


def rotate(house: House, *, new_key: bool, drop: bool) -> Rotated:
    """Seal everything of all tenants under the first master key, or under a new one."""
    if new_key:
        _add_key(house)
    done = Rotated(house.keys.ring.current.id)
    for _ in range(_ROUNDS):
        if not _round(house, done):
            break
    if drop and house.keys.are_ours:
        with house.store.reading() as transaction:
            done.dropped = house.keys.keep_only(sealed_texts.key_ids(transaction))
    with house.store.writing() as transaction:
        row = audit_row(_HOME, "cli", "keys_rotated", done.key, f"{done.changed} sealed anew")
        access.note(transaction, row)
    return done


def _add_key(house: House) -> None:
    if not house.keys.are_ours:
        hint = "put the new one in front of it there, restart, and rotate without --new-key"
        raise Refusal(409, "read_only", "the master key comes from the settings", hint=hint)
    house.keys.add(f"{clock.stamp()[:10]}-{secrets.token_hex(3)}")


def _round(house: House, done: Rotated) -> bool:
    """One pass over all that is sealed; whether there was anything to do."""
    ring = house.keys.ring
    found = rewrap_table(house.store.engine, credentials, ring)
    changed, unreadable = _subscriptions(house)
    done.changed += found.changed + changed
    done.unreadable = [f"{tenant}/{name}" for tenant, name in found.unreadable] + unreadable
    return bool(found.changed + changed)


def _subscriptions(house: House) -> tuple[int, list[str]]:
    changed, unreadable = 0, []
    with house.store.reading() as transaction:
        rows = sealed_texts.subscription_secrets(transaction)
    for each in rows:
        try:
            anew = house.keys.ring.rewrap(each.secret.decode("ascii", "replace"))
        except Unreadable:
            unreadable.append(f"{each.tenant}/{each.id}")
            continue
        if anew is not None:
            with house.store.writing() as transaction:
                changed += sealed_texts.replace(transaction, each, anew.encode("ascii"))
    return changed, unreadable
