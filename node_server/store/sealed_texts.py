"""What is sealed besides credentials: for a rotation of the master keys."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from node_server.store.outward_tables import authorisations, credentials
from node_server.store.tables import subscriptions


class Sealed(NamedTuple):
    """The secret of a subscription."""

    tenant: str
    id: str
    secret: bytes


def subscription_secrets(connection: Connection) -> list[Sealed]:
    """Those of all tenants."""
    columns = (subscriptions.c.tenant, subscriptions.c.id, subscriptions.c.secret)
    return [Sealed(*row) for row in connection.execute(select(*columns))]


def replace(connection: Connection, old: Sealed, secret: bytes) -> bool:
    """The same secret sealed otherwise; False where it was changed meanwhile."""
    changed = connection.execute(
        update(subscriptions)
        .where(
            subscriptions.c.tenant == old.tenant,
            subscriptions.c.id == old.id,
            subscriptions.c.secret == old.secret,
        )
        .values(secret=secret)
    )
    return changed.rowcount > 0


def key_ids(connection: Connection) -> set[str]:
    """The master keys that something is sealed under."""
    found = set(connection.scalars(select(credentials.c.master_key).distinct()))
    texts = [each.secret.decode("ascii") for each in subscription_secrets(connection)]
    texts += connection.scalars(select(authorisations.c.sealed))
    return found | {text.split(".")[1] for text in texts if text.count(".") == 3}
