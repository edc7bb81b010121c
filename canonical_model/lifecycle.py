"""The life of a document as one table: code, documentation and diagram are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from canonical_model.envelope import State
from canonical_model.errors import IllegalTransition

STATES: tuple[State, ...] = get_args(State)

# States in which an effect may already exist in another system.
EFFECTIVE: frozenset[State] = frozenset({"posted", "paid"})
_OPEN: frozenset[State] = frozenset({"received", "validated", "matched", "approved"})
# States in which somebody has decided on this very content.
DECIDED: frozenset[State] = frozenset({"approved", "posted", "paid"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from where, to where, what must hold, and what is then announced."""

    source: State | None
    target: State
    guard: str
    event: str
    kinds: frozenset[str] | None = None
    """The kinds that may take it; None for all."""

    def __str__(self) -> str:
        return f"{self.source or 'new'} to {self.target}"


_MOVES = frozenset({"goods_receipt", "shipment", "return", "inventory_adjustment"})
_ORDERS = frozenset({"purchase_order", "sales_order", "order_response", "quote"})
# Records of what lasts: they go on changing after they were posted.
MASTER = frozenset({"party", "bank_account", "ref_data"})
_FINAL_WHEN_POSTED = (
    _MOVES | _ORDERS | MASTER | {"journal_entry", "bank_statement", "bank_transaction"}
    | {"payment_status", "tax_determination"}
)  # fmt: skip
_RECONCILED = frozenset({"bank_transaction", "bank_statement"})

_FORWARD: tuple[Transition, ...] = (
    Transition(None, "received", "raw payload stored, keys computed", "received"),
    Transition("received", "validated", "no issue of severity error", "validated"),
    Transition(
        "validated", "matched", "matched, allocated, reconciled or references resolved", "matched"
    ),
    Transition("validated", "approved", "policy asks for no match", "approved"),
    Transition("matched", "approved", "approval policy met; approver is not creator", "approved"),
    Transition(
        "matched", "posted", "reconciled; a bank line needs no approval", "posted", _RECONCILED
    ),
    Transition("approved", "posted", "target confirmed with its own id", "posted"),
    Transition("posted", "paid", "paid or settled in full", "paid"),
    Transition("paid", "archived", "retention policy", "archived"),
    Transition("paid", "posted", "the bank returned it (return_code)", "payment_returned"),
    Transition("paid", "posted", "what paid it was undone", "reopened"),
    Transition("matched", "validated", "reconciliation undone", "match_failed", _RECONCILED),
    Transition(
        "posted", "archived", "nothing more is expected", "archived", _FINAL_WHEN_POSTED
    ),
    Transition("approved", "validated", "content changed after approval", "approval_revoked"),
    Transition("validated", "received", "content changed; to be checked again", "revised"),
    Transition("matched", "received", "content changed; to be checked again", "revised"),
    Transition("received", "archived", "duplicate, superseded or deleted at source", "archived"),
    Transition("validated", "archived", "superseded or deleted at source", "archived"),
    Transition("matched", "archived", "superseded or deleted at source", "archived"),
    Transition("approved", "archived", "superseded or deleted at source", "archived"),
    Transition("rejected", "archived", "retention policy", "archived"),
    Transition("rejected", "received", "a new revision came in", "reopened"),
)  # fmt: skip
_VOIDED: tuple[Transition, ...] = tuple(
    Transition(state, "archived", "reversing document linked (voided)", "voided")
    for state in STATES
    if state in EFFECTIVE
)
_REFUSED: tuple[Transition, ...] = tuple(
    Transition(state, "rejected", "reason code given", "rejected")
    for state in STATES
    if state in _OPEN
)
_HELD: tuple[Transition, ...] = tuple(
    Transition(state, "exception", "issue code given; from_state kept", "exception_opened")
    for state in STATES
    if state in _OPEN | EFFECTIVE
)
_RESOLVED: tuple[Transition, ...] = (
    *(
        Transition("exception", state, f"resolution note; held in {state}", "exception_resolved")
        for state in STATES
        if state in _OPEN | EFFECTIVE
    ),
    Transition("exception", "rejected", "resolution note and reason code", "exception_resolved"),
    Transition("exception", "archived", "resolution note and reason", "exception_resolved"),
)

TRANSITIONS: tuple[Transition, ...] = _FORWARD + _VOIDED + _REFUSED + _HELD + _RESOLVED


def legal(
    state: State | None, kind: str | None = None, from_state: State | None = None
) -> tuple[Transition, ...]:
    """The steps a document may take; `from_state` is where an exception was opened."""
    return tuple(
        step
        for step in TRANSITIONS
        if step.source == state and _open_to(step, kind) and _leads_back(step, from_state)
    )


def _open_to(step: Transition, kind: str | None) -> bool:
    if kind is None:
        return True
    # Journals, goods movements and the like are final when posted: nobody pays them.
    if step.target == "paid" and step.source == "posted" and kind in _FINAL_WHEN_POSTED:
        return False
    return step.kinds is None or kind in step.kinds


def _leads_back(step: Transition, from_state: State | None) -> bool:
    """Out of an exception: to where it was opened, or to an end."""
    if step.source != "exception" or from_state is None:
        return True
    return step.target in (from_state, "rejected", "archived")


def transition(
    state: State | None,
    target: State,
    kind: str | None = None,
    *,
    from_state: State | None = None,
    event: str | None = None,
) -> Transition:
    """The step from `state` to `target`; `IllegalTransition` names the ones there are."""
    steps = legal(state, kind, from_state)
    found = [s for s in steps if s.target == target and event in (None, s.event)]
    if found:
        return found[0]
    names = ", ".join(sorted({s.target for s in steps})) or "none; it is final"
    noun = kind or "document"
    what = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    raise IllegalTransition(f"{what} cannot go from {state or 'new'} to {target}; legal: {names}")


def as_markdown() -> str:
    """The table for people."""
    head = "| From | To | What must hold | Event | Kinds |\n| --- | --- | --- | --- | --- |\n"
    rows = (
        f"| {s.source or '(new)'} | {s.target} | {s.guard} | `{s.event}` "
        f"| {', '.join(sorted(s.kinds)) if s.kinds else 'all'} |\n"
        for s in TRANSITIONS
    )
    return head + "".join(rows)


def as_mermaid() -> str:
    """The same as a state diagram."""
    edges = {(s.source or "[*]", s.target, s.event): None for s in TRANSITIONS}
    lines = (f"    {source} --> {target}: {event}\n" for source, target, event in edges)
    return "stateDiagram-v2\n" + "".join(lines)
