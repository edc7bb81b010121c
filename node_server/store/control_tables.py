"""The tables of the controls: exceptions, policies, decisions, matches, proposals, changes."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from node_server.store.columns import count, metadata, numbered, of_record, text, time

# What a record can be found by; records of one term stand in the order of their places.
record_terms = Table(
    "record_terms",
    metadata,
    text("tenant"),
    text("term"),
    text("place"),
    text("record_id"),
    PrimaryKeyConstraint("tenant", "term", "place", "record_id"),
    of_record(),
    Index(None, "tenant", "record_id"),
)

exceptions = Table(
    "exceptions",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("record_id"),
    text("control"),
    text("code"),
    text("state"),
    Column("holds", Boolean, nullable=False),
    Column("moves", Boolean, nullable=False),
    Column("retryable", Boolean, nullable=True),
    text("summary"),
    text("content_hash", empty=True),
    Column("context", LargeBinary, nullable=False),
    text("owner", empty=True),
    time("due_at", empty=True),
    count("escalations"),
    time("escalate_at", empty=True),
    text("opened_by"),
    time("opened_at"),
    text("closed_by", empty=True),
    time("closed_at", empty=True),
    text("reason", empty=True),
    UniqueConstraint("tenant", "id"),
    of_record(),
    Index(None, "tenant", "state", "due_at"),
    Index(None, "state", "escalate_at"),
    Index(None, "tenant", "record_id"),
)

exception_acts = Table(
    "exception_acts",
    metadata,
    numbered(),
    text("tenant"),
    text("exception_id"),
    text("action"),
    text("actor"),
    text("note", empty=True),
    text("detail", empty=True),
    time("at"),
    Index(None, "tenant", "exception_id"),
)

# How far those who follow the events of a tenant are, and who of them is at it.
event_readers = Table(
    "event_readers",
    metadata,
    text("tenant"),
    text("reader"),
    count("position"),
    count("attempts"),
    time("due_at", empty=True),
    time("leased_until", empty=True),
    PrimaryKeyConstraint("tenant", "reader"),
)

# Tolerances, thresholds, the directory of people: in force is the one version that is active.
control_settings = Table(
    "control_settings",
    metadata,
    text("tenant"),
    text("name"),
    count("version"),
    text("state"),
    text("body"),
    text("hash"),
    text("why", empty=True),
    text("proposed_by"),
    time("proposed_at"),
    text("decided_by", empty=True),
    time("decided_at", empty=True),
    text("reason", empty=True),
    PrimaryKeyConstraint("tenant", "name", "version"),
)

policies = Table(
    "policies",
    metadata,
    text("tenant"),
    text("name"),
    count("number"),
    text("version"),
    text("action"),
    text("state"),
    Column("body", LargeBinary, nullable=False),
    text("hash"),
    text("why", empty=True),
    text("proposed_by"),
    time("proposed_at"),
    text("decided_by", empty=True),
    time("decided_at", empty=True),
    text("reason", empty=True),
    PrimaryKeyConstraint("tenant", "name", "number"),
)

decisions = Table(
    "decisions",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("record_id", empty=True),
    count("revision"),
    text("content_hash", empty=True),
    text("policy"),
    count("number"),
    text("policy_hash"),
    text("outcome"),
    Column("decision", LargeBinary, nullable=False),
    text("actor"),
    time("at"),
    UniqueConstraint("tenant", "id"),
    of_record(),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "policy"),
)

approvals = Table(
    "approvals",
    metadata,
    numbered(),
    text("tenant"),
    text("decision_id"),
    text("record_id"),
    text("step"),
    text("person"),
    text("instead_of", empty=True),
    text("actor"),
    text("verdict"),
    text("reason", empty=True),
    time("at"),
    of_record(),
    Index(None, "tenant", "decision_id"),
    Index(None, "tenant", "record_id"),
)

matches = Table(
    "matches",
    metadata,
    text("tenant"),
    text("record_id"),
    text("content_hash"),
    text("verdict"),
    Column("holds", Boolean, nullable=False),
    text("basis"),
    Column("result", LargeBinary, nullable=False),
    time("at"),
    PrimaryKeyConstraint("tenant", "record_id"),
    of_record(),
)

proposals = Table(
    "proposals",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("state"),
    text("strength"),
    text("score"),
    Column("proposal", LargeBinary, nullable=False),
    text("made_by"),
    time("made_at"),
    text("decided_by", empty=True),
    time("decided_at", empty=True),
    text("reason", empty=True),
    UniqueConstraint("tenant", "id"),
    Index(None, "tenant", "state"),
)

# The bank lines and open items of a proposal, each as it was when the proposal was made.
proposal_records = Table(
    "proposal_records",
    metadata,
    text("tenant"),
    text("proposal_id"),
    text("part"),
    text("record_id"),
    text("place"),
    text("state"),
    text("content_hash", empty=True),
    text("amount", empty=True),
    text("booking", empty=True),
    PrimaryKeyConstraint("tenant", "proposal_id", "part", "record_id", "place"),
    of_record(),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "booking"),
)

# How much of a document is settled, by which bank line or payment; what is undone stays.
allocations = Table(
    "allocations",
    metadata,
    numbered(),
    text("tenant"),
    text("record_id"),
    text("by_record"),
    text("proposal_id", empty=True),
    text("amount"),
    text("stated"),
    text("currency", empty=True),
    text("day", empty=True),
    text("made_by"),
    time("made_at"),
    text("undone_by", empty=True),
    time("undone_at", empty=True),
    of_record(),
    Index(None, "tenant", "record_id"),
    Index(None, "tenant", "by_record"),
    Index(None, "tenant", "proposal_id"),
)

comparisons = Table(
    "comparisons",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("left_side"),
    text("right_side"),
    count("compared"),
    count("differing"),
    Column("result", LargeBinary, nullable=False),
    text("made_by"),
    time("made_at"),
    UniqueConstraint("tenant", "id"),
)

party_changes = Table(
    "party_changes",
    metadata,
    numbered(),
    text("tenant"),
    text("id"),
    text("record_id"),
    text("kind"),
    text("state"),
    text("origin"),
    Column("accounts", LargeBinary, nullable=False),
    text("shown"),
    text("why", empty=True),
    text("proposed_by"),
    time("proposed_at"),
    text("approved_by", empty=True),
    time("approved_at", empty=True),
    time("effective_at", empty=True),
    time("applied_at", empty=True),
    text("reason", empty=True),
    UniqueConstraint("tenant", "id"),
    of_record(),
    Index(None, "state", "effective_at"),
    Index(None, "tenant", "record_id"),
)

watch_lists = Table(
    "watch_lists",
    metadata,
    text("tenant"),
    text("name"),
    text("raw_sha256"),
    count("entries"),
    # Parties up to this position have been looked up in it; -1: all of them.
    count("read_up_to"),
    text("loaded_by"),
    time("loaded_at"),
    PrimaryKeyConstraint("tenant", "name"),
)
