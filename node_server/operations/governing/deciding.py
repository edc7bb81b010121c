"""One decision of one version on one document, kept with everything that it rests on."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.controls.policy import Decision, evaluate
from node_server.operations.governing.facts import CONTROL, facts_about
from node_server.operations.governing.in_force import Version, today
from node_server.operations.governing.persons import People, makers
from node_server.store import clock, decisions
from node_server.store.decisions import Row
from node_server.store.records import Stored

read_decision = msgspec.json.Decoder(Decision).decode


def decide(connection: Connection, stored: Stored, known: People, version: Version) -> Decision:
    """What a version says of a document as it stands now; nothing is kept."""
    facts = facts_about(connection, stored, known, version.policy)
    barred = makers(connection, stored, known)
    return evaluate(version.policy, facts, on=today(), directory=known.directory, barred=barred)


def kept(
    connection: Connection, actor: str, stored: Stored | None, version: Version, made: Decision,
    *, tenant: str, at: str | None = None,
) -> Row:  # fmt: skip
    """Keep a decision, of a document or of an act; the row that was made."""
    record = stored.record if stored is not None else None
    row: dict[str, Any] = {
        "tenant": tenant,
        "id": f"dec_{secrets.token_hex(8)}",
        "record_id": record.id if record is not None else None,
        "revision": record.revision or 1 if record is not None else 0,
        "content_hash": record.content_hash if record is not None else None,
        "policy": version.name,
        "number": version.number,
        "policy_hash": made.policy_hash,
        "outcome": made.outcome,
        "decision": wire.encode(made),
        "actor": actor,
        "at": at or clock.stamp(),
    }
    decisions.add(connection, row)
    return row


def latest(connection: Connection, stored: Stored) -> dict[str, Row]:
    """The last decision of each policy on a document, whatever it said then."""
    rows = decisions.of_record(connection, stored.record.tenant or "", stored.record.id or "")
    return {row["policy"]: row for row in rows}


def is_current(row: Row | None, stored: Stored) -> bool:
    """Whether a decision is about what the document says now."""
    record = stored.record
    if row is None:
        return False
    return (row["revision"], row["content_hash"]) == (record.revision or 1, record.content_hash)


def says_the_same(one: Decision, other: Decision) -> bool:
    """Whether nothing but the day and the persons who are there differs."""
    return _bare(one) == _bare(other)


def _bare(decision: Decision) -> Decision:
    day = decision.on.min
    steps = [structs.replace(each, due=None, candidates=[]) for each in decision.steps]
    return structs.replace(decision, on=day, steps=steps)


def basis_of(decision: Decision, content_hash: str | None) -> str:
    """What a person decides about who lifts a hold: these reasons, for this content."""
    said = {
        "content": content_hash,
        "policy": decision.policy_hash,
        "outcome": decision.outcome,
        "hits": [f"{hit.table}.{hit.rule}" for hit in decision.hits],
        "missing": decision.missing,
        "problems": [each.message for each in decision.problems],
    }
    return f"sha256:{hashlib.sha256(msgspec.json.encode(said)).hexdigest()}"


def is_refusal(row: Mapping[str, Any]) -> bool:
    """Whether an exception is there because a policy refuses the document."""
    return bool(row["control"] == CONTROL and row["code"].endswith(".refuse"))


def code_of(decision: Decision) -> str:
    """The code of the exception that a decision opens."""
    return f"{decision.policy}.{decision.outcome}"
