"""What the match said of each invoice and credit note last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from node_server.store.control_tables import matches


def put(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a result in place of the one before."""
    mine = matches.c.tenant == row["tenant"], matches.c.record_id == row["record_id"]
    connection.execute(delete(matches).where(*mine))
    connection.execute(insert(matches), row)


def get(connection: Connection, tenant: str, record_id: str) -> dict[str, Any] | None:
    """The result for a document."""
    query = select(matches).where(matches.c.tenant == tenant, matches.c.record_id == record_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
