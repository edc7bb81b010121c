"""Whom the keys and tokens that call us belong to, as the directory names people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from canonical_model.controls.policy import Directory
from node_server.auth import Principal
from node_server.operations.control_settings import in_force
from node_server.store import access, revisions
from node_server.store.records import Stored

_OIDC = "oidc:"


@dataclass(frozen=True, slots=True)
class People:
    """The directory, and the names of the tenant's keys."""

    directory: Directory
    keys: dict[str, str]
    """Name of each key by its id, revoked ones too: what they did stays theirs."""

    def of(self, actor: str) -> str:
        """Who an actor of the trail is."""
        name = self.keys.get(actor) or actor.removeprefix(_OIDC)
        return self.directory.person(actor, name)

    def who(self, caller: Principal) -> str:
        """Who is calling."""
        return self.directory.person(caller.id, caller.name)

    def same(self, caller: Principal, actor: str) -> bool:
        """Whether both are one person, by whatever keys they came."""
        return caller.id == actor or self.who(caller) == self.of(actor)


def people(connection: Connection, tenant: str) -> People:
    """Everybody who is known to a tenant."""
    rows = access.keys(connection, tenant)
    directory = in_force(connection, tenant, "directory", Directory)
    return People(directory, {row["id"]: row["name"] for row in rows})


def makers(connection: Connection, stored: Stored, known: People) -> frozenset[str]:
    """All who had a hand in what a document says: who took it in, and who changed it."""
    tenant, record_id = stored.record.tenant or "", stored.record.id or ""
    actors = revisions.actors(connection, tenant, record_id)
    return frozenset(known.of(each) for each in {stored.created_by, *actors})
