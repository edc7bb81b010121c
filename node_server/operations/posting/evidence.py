"""Approval evidence: who let a document through, when and why, as a text that a person can read.

It says nothing of the moment it was written, so that the same approvals give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.documents import kind_of
from canonical_model.envelope import Record
from node_server.store import decisions, traces

MIME: Final = "text/plain; charset=utf-8"
_DONE: Final = frozenset({"posted", "paid", "partially_paid"})


def evidence_of(connection: Connection, tenant: str, record: Record) -> bytes | None:
    """The evidence of a document; nothing where nobody has approved it."""
    steps = _until_posted(traces.step_rows(connection, tenant, record.id or ""))
    acts = decisions.acts(connection, tenant, record.id or "")
    if not acts and all(step["to_state"] != "approved" for step in steps):
        return None
    return "\n".join([*_head(record), *_approvals(steps, acts), *_way(steps), ""]).encode()


def _until_posted(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What happened before anything was sent; what comes of it is not evidence for it."""
    moved = [step for step in steps if step["from_state"] != step["to_state"]]
    posted = next((n for n, step in enumerate(moved) if step["to_state"] in _DONE), len(moved))
    return moved[:posted]


def _head(record: Record) -> Iterator[str]:
    number = getattr(record.document, "number", None)
    yield "Approval evidence"
    yield ""
    yield f"Document:     {kind_of(record.document)} {number or ''}".rstrip()
    yield f"Record:       {record.id}"
    yield f"Content hash: {record.content_hash}"
    if record.idempotency_key:
        yield f"Key:          {record.idempotency_key}"
    yield ""


def _approvals(
    steps: Sequence[Mapping[str, Any]], acts: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    yield "Approvals"
    for act in acts:
        instead = f" for {act['instead_of']}" if act["instead_of"] else ""
        who = f"{act['person']}{instead} ({act['step']} of policy {act['policy']})"
        yield _line(act["at"], f"{act['verdict']} by {who}", act["reason"])
        yield f"    for content {act['content_hash']}"
    for step in steps:
        if step["to_state"] == "approved":
            yield _line(step["at"], f"approved by {step['actor']}", step["reason"])
    yield ""


def _way(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "What came before"
    for step in steps:
        before = step["from_state"] or "nothing"
        what = f"{before} -> {step['to_state']} ({step['event']}) by {step['actor']}"
        yield _line(step["at"], what, step["reason"])


def _line(at: str, what: str, why: str | None) -> str:
    said = " ".join((why or "").split())
    return f"  {at}  {what}" + (f": {said}" if said else "")
