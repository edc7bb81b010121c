"""The tables. Every row belongs to a tenant, and every index begins with it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by themselves only in a plain INTEGER column.
Position = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, *, empty: bool = False) -> Column[str]:
    return Column(name, Text, nullable=empty)


def _time(name: str, *, empty: bool = False) -> Column[str]:
    """An RFC 3339 instant in UTC as text: sorts, and reads the same in every database."""
    return Column(name, Text, nullable=empty)


def _count(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def _of_record() -> ForeignKeyConstraint:
    """Goes when its record goes."""
    there = ["records.tenant", "records.id"]
    return ForeignKeyConstraint(["tenant", "record_id"], there, ondelete="CASCADE")


api_keys = Table(
    "api_keys",
    metadata,
    _text("id"),
    _text("tenant"),
    _text("hash"),
    _text("hint"),
    _text("name"),
    _text("roles"),
    _time("created_at"),
    _time("expires_at", empty=True),
    _time("last_used_at", empty=True),
    _time("revoked_at", empty=True),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("hash"),
    Index(None, "tenant"),
)

entities = Table(
    "entities",
    metadata,
    _text("tenant"),
    _text("id"),
    _text("name", empty=True),
    _text("own_ids"),
    _time("created_at"),
    PrimaryKeyConstraint("tenant", "id"),
)

raws = Table(
    "raws",
    metadata,
    _text("tenant"),
    _text("sha256"),
    _text("mime", empty=True),
    _text("filename", empty=True),
    _count("size"),
    Column("body", LargeBinary, nullable=False),
    _time("created_at"),
    PrimaryKeyConstraint("tenant", "sha256"),
)

records = Table(
    "records",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("id"),
    _text("kind"),
    _text("state"),
    _count("state_seq"),
    _count("revision", 1),
    _text("content_hash"),
    _text("number", empty=True),
    _text("counterparty", empty=True),
    _text("currency", empty=True),
    _text("amount", empty=True),
    _text("date", empty=True),
    _text("due_date", empty=True),
    _text("connector", empty=True),
    _text("exception_code", empty=True),
    Column("payment_hold", Boolean, nullable=False),
    _text("created_by"),
    Column("record", LargeBinary, nullable=False),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("tenant", "id"),
    Index(None, "tenant", "kind", "state"),
    Index(None, "tenant", "number"),
)

record_keys = Table(
    "record_keys",
    metadata,
    _text("tenant"),
    _text("hash"),
    _text("record_id"),
    _text("basis"),
    PrimaryKeyConstraint("tenant", "hash", "record_id"),
    _of_record(),
    Index(None, "tenant", "record_id"),
)

record_marks = Table(
    "record_marks",
    metadata,
    _text("tenant"),
    _text("mark"),
    _text("record_id"),
    PrimaryKeyConstraint("tenant", "mark", "record_id"),
    _of_record(),
    Index(None, "tenant", "record_id"),
)

revisions = Table(
    "revisions",
    metadata,
    _text("tenant"),
    _text("record_id"),
    _count("revision"),
    _text("content_hash"),
    Column("record", LargeBinary, nullable=False),
    _text("actor"),
    _time("at"),
    PrimaryKeyConstraint("tenant", "record_id", "revision"),
    _of_record(),
)

sources = Table(
    "sources",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("record_id"),
    _text("raw_sha256", empty=True),
    _text("action"),
    Column("source", LargeBinary, nullable=False),
    _time("at"),
    _of_record(),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "raw_sha256"),
)

steps = Table(
    "steps",
    metadata,
    _text("tenant"),
    _text("record_id"),
    _count("state_seq"),
    _text("from_state", empty=True),
    _text("to_state"),
    _text("event"),
    _text("actor"),
    _text("reason", empty=True),
    _time("at"),
    PrimaryKeyConstraint("tenant", "record_id", "state_seq"),
    _of_record(),
)

events = Table(
    "events",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("id"),
    _text("record_id"),
    _text("type"),
    Column("event", LargeBinary, nullable=False),
    _time("at"),
    UniqueConstraint("tenant", "id"),
    Index(None, "tenant", "record_id"),
)

answers = Table(
    "answers",
    metadata,
    _text("tenant"),
    _text("operation"),
    _text("key"),
    _text("body_hash"),
    _count("status"),
    _text("content_type", empty=True),
    _text("location", empty=True),
    Column("body", LargeBinary, nullable=True),
    _time("claimed_at"),
    _time("claimed_until"),
    PrimaryKeyConstraint("tenant", "operation", "key"),
    Index(None, "claimed_at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _text("tenant"),
    _text("id"),
    _text("url"),
    _text("types"),
    Column("secret", LargeBinary, nullable=False),
    _text("description", empty=True),
    _text("state"),
    _text("why", empty=True),
    _count("after"),
    _time("created_at"),
    PrimaryKeyConstraint("tenant", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("subscription_id"),
    _text("event_id"),
    _text("record_id"),
    _text("state"),
    _count("attempts"),
    _time("due_at"),
    _time("leased_until", empty=True),
    _count("status"),
    _text("error", empty=True),
    _time("created_at"),
    _time("delivered_at", empty=True),
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
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("id"),
    _text("kind"),
    _text("state"),
    _text("raw_sha256"),
    _text("options"),
    _text("actor"),
    _count("total"),
    _count("done"),
    _count("failed"),
    Column("outcome", LargeBinary, nullable=True),
    _text("error", empty=True),
    _time("created_at"),
    _time("updated_at"),
    _time("leased_until", empty=True),
    UniqueConstraint("tenant", "id"),
    Index(None, "state", "leased_until"),
)

audit = Table(
    "audit",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("actor"),
    _text("action"),
    _text("object"),
    _text("detail", empty=True),
    _text("trace_id", empty=True),
    _time("at"),
    Index(None, "tenant", "position"),
)
