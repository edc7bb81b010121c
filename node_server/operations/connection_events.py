"""Events about connections: they go the same road as those about documents."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from sqlalchemy import Connection as Transaction

from canonical_model.envelope import Event
from canonical_model.identity import canonical_json
from node_server.store import clock, events
from node_server.store.connections import Connection

EVENTS: Final = ("connected", "reauthorise_required", "disconnected")
TYPES: Final = tuple(f"finance.connection.{name}.v1" for name in EVENTS)


def tell(transaction: Transaction, about: Connection, name: str, *, why: str = "") -> None:
    """Append an event; the last thing that a transaction does."""
    at = clock.now()
    stamp, subject = clock.stamp(at), f"connection/{about.id}"
    digest = hashlib.sha256(canonical_json([about.tenant, subject, name, stamp])).digest()
    data = {"id": about.id, "kind": "connection", "connector": about.connector}
    event = Event(
        id=base64.b32encode(digest).decode().rstrip("=").lower(),
        source="/counterfoil",
        type=f"finance.connection.{name}.v1",
        subject=subject,
        time=at,
        specversion="1.0",
        datacontenttype="application/json",
        dataref=f"/v1/connections/{about.id}",
        tenant=about.tenant,
        data=data | ({"why": why} if why else {}),
    )
    events.append(transaction, [event], at=stamp)
