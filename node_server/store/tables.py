"""The tables of documents and of who works with them. Every row belongs to a tenant, and every
index begins with it.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from node_server.store.columns import count, metadata, numbered, of_record, text, time

api_keys = Table(
    "api_keys",
    metadata,
    text("id"),
    text("tenant"),
    text("hash"),
    text("hint"),
    text("name"),
    text("roles"),
    time("created_at"),
    time("expires_at", empty=True),
    time("last_used_at", empty=True),
    time("revoked_at", empty=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("hash"),
    Index(None, "tenant"),
)

entities = Table(
    "entities",
    metadata,
    text("tenant"),
    text("id"),
    text("name", empty=True),
    text("own_ids"),
    time("created_at"),
    PrimaryKeyConstraint("tenant", "id"),
)

raws = Table(
    "raws",
    metadata,
    text("tenant"),
    text("sha256"),
    text("mime", empty=True),
    text("filename", empty=True),
    count("size"),
    Column("body", LargeBinary, nullable=False),
    time("created_at"),
    PrimaryKeyConstraint("tenant", "sha256"),
)

records = Table(
    "records",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("kind"),
    text("state"),
    count("state_seq"),
    count("revision", 1),
    text("content_hash"),
    text("number", empty=True),
    text("counterparty", empty=True),
    text("currency", empty=True),
    text("amount", empty=True),
    text("date", empty=True),
    text("due_date", empty=True),
    text("connector", empty=True),
    text("exception_code", empty=True),
    Column("payment_hold", Boolean, nullable=False),
    text("open_as", empty=True),
    text("created_by"),
    Column("record", LargeBinary, nullable=False),
    time("created_at"),
    time("updated_at"),
    UniqueConstraint("tenant", "id"),
    Index(None, "tenant", "kind", "state"),
    Index(None, "tenant", "number"),
    Index(None, "tenant", "open_as", "currency", "date"),
)

record_keys = Table(
    "record_keys",
    metadata,
    text("tenant"),
    text("hash"),
    text("record_id"),
    text("basis"),
    PrimaryKeyConstraint("tenant", "hash", "record_id"),
    of_record(),
    Index(None, "tenant", "record_id"),
)

revisions = Table(
    "revisions",
    metadata,
    text("tenant"),
    text("record_id"),
    count("revision"),
    text("content_hash"),
    Column("record", LargeBinary, nullable=False),
    text("actor"),
    time("at"),
    PrimaryKeyConstraint("tenant", "record_id", "revision"),
    of_record(),
)

sources = Table(
    "sources",
    metadata,
    numbered(),
    text("tenant"),
    text("record_id"),
    text("raw_sha256", empty=True),
    text("action"),
    Column("source", LargeBinary, nullable=False),
    time("at"),
    of_record(),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "raw_sha256"),
)

steps = Table(
    "steps",
    metadata,
    text("tenant"),
    text("record_id"),
    count("state_seq"),
    text("from_state", empty=True),
    text("to_state"),
    text("event"),
    text("actor"),
    text("reason", empty=True),
    time("at"),
    PrimaryKeyConstraint("tenant", "record_id", "state_seq"),
    of_record(),
)

events = Table(
    "events",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("record_id"),
    text("type"),
    Column("event", LargeBinary, nullable=False),
    time("at"),
    UniqueConstraint("tenant", "id"),
    Index(None, "tenant", "record_id"),
)

answers = Table(
    "answers",
    metadata,
    text("tenant"),
    text("operation"),
    text("key"),
    text("body_hash"),
    count("status"),
    text("content_type", empty=True),
    text("location", empty=True),
    Column("body", LargeBinary, nullable=True),
    time("claimed_at"),
    time("claimed_until"),
    PrimaryKeyConstraint("tenant", "operation", "key"),
    Index(None, "claimed_at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    text("tenant"),
    text("id"),
    text("url"),
    text("types"),
    Column("secret", LargeBinary, nullable=False),
    text("description", empty=True),
    text("state"),
    text("why", empty=True),
    count("after"),
    time("created_at"),
    PrimaryKeyConstraint("tenant", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    numbered(),
    text("tenant"),
    text("subscription_id"),
    text("event_id"),
    text("record_id"),
    text("state"),
    count("attempts"),
    time("due_at"),
    time("leased_until", empty=True),
    count("status"),
    text("error", empty=True),
    time("created_at"),
    time("delivered_at", empty=True),
    UniqueConstraint("tenant", "subscription_id", "event_id"),
    ForeignKeyConstraint(
        ["tenant", "subscription_id"],
        ["subscriptions.tenant", "subscriptions.id"],
        ondelete="CASCADE",
    ),
    Index(None, "state", "due_at"),
    Index(None, "tenant", "subscription_id", "record_id"),
)

jobs = Table(
    "jobs",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("kind"),
    text("state"),
    text("raw_sha256"),
    text("options"),
    text("actor"),
    count("total"),
    count("done"),
    count("failed"),
    Column("outcome", LargeBinary, nullable=True),
    text("error", empty=True),
    time("created_at"),
    time("updated_at"),
    time("leased_until", empty=True),
    UniqueConstraint("tenant", "id"),
    Index(None, "state", "leased_until"),
)

audit = Table(
    "audit",
    metadata,
    numbered(),
    text("tenant"),
    text("actor"),
    text("action"),
    text("object"),
    text("detail", empty=True),
    text("trace_id", empty=True),
    time("at"),
    Index(None, "tenant", "position"),
)
