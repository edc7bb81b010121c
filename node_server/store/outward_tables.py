"""The tables of what reaches other systems: connections, counterfoils, crosswalks, what came in."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy import text as sql

from credentials import make_table
from node_server.store.columns import count, metadata, numbered, of_connection, text, time

credentials = make_table(metadata)

connections = Table(
    "connections",
    metadata,
    text("tenant"),
    text("id"),
    text("connector"),
    text("name"),
    text("environment"),
    text("settings"),
    text("credential", empty=True),
    text("state"),
    text("why", empty=True),
    time("last_ok_at", empty=True),
    text("created_by"),
    time("created_at"),
    time("updated_at"),
    PrimaryKeyConstraint("tenant", "id"),
)

authorisations = Table(
    "authorisations",
    metadata,
    text("state"),
    text("tenant"),
    text("connection_id"),
    text("actor"),
    text("sealed"),
    time("created_at"),
    time("expires_at"),
    PrimaryKeyConstraint("state"),
    of_connection(),
    Index(None, "expires_at"),
)

# Kept for ever: no record, key or connection that goes takes its counterfoils along.
counterfoils = Table(
    "counterfoils",
    metadata,
    numbered(),
    text("tenant"),
    text("key"),
    text("connection_id"),
    text("connector"),
    text("resource"),
    text("action"),
    text("record_id"),
    count("revision"),
    text("step"),
    text("state"),
    text("why", empty=True),
    text("method"),
    text("url"),
    text("headers"),
    Column("body", LargeBinary, nullable=False),
    text("body_hash"),
    text("waits_for", empty=True),
    count("priority"),
    count("attempts"),
    count("lookups"),
    time("due_at"),
    text("lease", empty=True),
    time("leased_until", empty=True),
    time("first_sent_at", empty=True),
    time("sent_at", empty=True),
    time("settled_at", empty=True),
    text("target_id", empty=True),
    text("target_version", empty=True),
    count("status"),
    text("answer", empty=True),
    text("actor"),
    text("trace_id", empty=True),
    time("created_at"),
    time("updated_at"),
    UniqueConstraint("tenant", "key"),
    # What is open alone, in the order in which it is taken; and what is being worked on.
    Index(
        None,
        "priority",
        "due_at",
        sqlite_where=sql("due_at < '9999-12-31T23:59:59.999999Z'"),
        postgresql_where=sql("due_at < '9999-12-31T23:59:59.999999Z'"),
    ),
    Index(
        None,
        "leased_until",
        sqlite_where=sql("leased_until IS NOT NULL"),
        postgresql_where=sql("leased_until IS NOT NULL"),
    ),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "connection_id", "state"),
)

exchanges = Table(
    "exchanges",
    metadata,
    numbered(),
    text("tenant"),
    text("connection_id"),
    text("counterfoil", empty=True),
    text("purpose"),
    count("status"),
    Column("exchange", LargeBinary, nullable=False),
    text("trace_id", empty=True),
    time("at"),
    Index(None, "tenant", "counterfoil"),
    Index(None, "tenant", "connection_id"),
    Index(None, "at"),
)

crosswalks = Table(
    "crosswalks",
    metadata,
    text("tenant"),
    text("connection_id"),
    text("name"),
    text("value"),
    text("target"),
    text("label", empty=True),
    text("state"),
    text("score", empty=True),
    text("actor"),
    time("at"),
    PrimaryKeyConstraint("tenant", "connection_id", "name", "value"),
    of_connection(),
)

masters = Table(
    "masters",
    metadata,
    text("tenant"),
    text("connection_id"),
    text("name"),
    text("target"),
    text("label"),
    Column("entry", LargeBinary, nullable=False),
    time("pulled_at"),
    PrimaryKeyConstraint("tenant", "connection_id", "name", "target"),
    of_connection(),
)

pulls = Table(
    "pulls",
    metadata,
    text("tenant"),
    text("connection_id"),
    text("resource"),
    text("cursor", empty=True),
    text("state"),
    text("why", empty=True),
    text("lease", empty=True),
    time("leased_until", empty=True),
    count("rows"),
    time("due_at", empty=True),
    time("updated_at"),
    PrimaryKeyConstraint("tenant", "connection_id", "resource"),
    of_connection(),
    Index(None, "due_at"),
)

files = Table(
    "files",
    metadata,
    text("tenant"),
    text("connection_id"),
    text("sha256"),
    text("name"),
    count("size"),
    count("modified"),
    text("state"),
    text("why", empty=True),
    count("documents"),
    time("at"),
    PrimaryKeyConstraint("tenant", "connection_id", "sha256"),
    of_connection(),
    Index(None, "tenant", "connection_id", "name"),
)

inbound = Table(
    "inbound",
    metadata,
    numbered(),
    text("tenant"),
    text("connection_id"),
    text("event_id"),
    text("topic", empty=True),
    text("state"),
    text("why", empty=True),
    Column("body", LargeBinary, nullable=False),
    count("attempts"),
    time("due_at"),
    time("leased_until", empty=True),
    time("at"),
    UniqueConstraint("tenant", "connection_id", "event_id"),
    of_connection(),
    Index(None, "state", "due_at"),
)
