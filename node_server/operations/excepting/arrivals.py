"""What ingestion itself holds a document for."""

from __future__ import annotations

from canonical_model.ingestion import Decision
from node_server.operations.excepting.finding import DUPLICATES, INGESTION, Finding


def finding_of(decision: Decision, basis: str | None) -> Finding:
    """The reason that a decision names."""
    other = {"record": decision.record_id} if decision.record_id else {}
    score = {"score": str(decision.score)} if decision.score is not None else {}
    if decision.exception is None:
        summary = f"perhaps the same as {decision.record_id}: {decision.why}"
        return Finding(DUPLICATES, "duplicate_suspected", summary, context=other | score)
    return Finding(
        INGESTION, decision.exception, decision.why, moves=True, context=other, basis=basis
    )
