"""Shapes of what reconciliation answers."""

from __future__ import annotations

from node_server.resources.shapes import ANYTHING, many, shape, text, whole

PROPOSAL = shape(
    ("id", "state", "strength", "score", "proposal", "records", "history"),
    id=text("Id of the proposal"),
    state=text("proposed, accepted, rejected, undone or superseded"),
    strength=text("strong with a reference that the tenant calls so, by_hand, else weak"),
    score=text("How likely it is right, 0 to 1"),
    proposal=shape(
        ("lines", "items", "decision", "score"),
        lines=many(ANYTHING, "Bank lines: record, or record#entry of a statement"),
        items=many(ANYTHING, "Open items, and what is taken off each"),
        decision=text("accept or propose: whether it needs a person"),
        difference=text("none, discount, fee, exchange, short or over"),
        difference_amount=text(),
        reasons=many(ANYTHING, "For and against, each with its weight"),
        alternatives=whole("Other open items that would do as well"),
    ),
    records=many(
        shape(("part", "record_id"), part=text("line or item"), record_id=text(),
              place=text("Which entry of the statement, and which detail"), amount=text()),
        "The documents that it is about",
    ),
    day=text("When the money moved"),
    journal=text("Id of the journal that is proposed for the difference"),
    reversal=text("Id of the journal that takes a posted one back"),
    history=many(shape(("action", "by", "at"), action=text(), by=text(), at=text(),
                       reason=text())),
    made_by=text(),
    made_at=text(),
    decided_by=text(),
    decided_at=text(),
    reason=text(),
)  # fmt: skip
RUN = shape(
    (),
    lines=whole("Bank lines that were looked at"),
    items=whole("Open documents that they were held against"),
    accepted=whole("Proposals that were carried out by themselves"),
    proposed=whole("Proposals that wait for a person"),
    withdrawn=whole("Earlier proposals that no longer hold"),
    unmatched=whole("Bank lines that nothing is proposed for"),
    proposals=many(text(), "Ids of the first of them"),
    unmatched_lines=many(ANYTHING, "The first of them, each with the reason"),
    id=text("Id of the job, where it is done in the background"),
    state=text("State of the job"),
)
ALLOCATION = shape(
    ("record_id", "by_record", "amount", "made_by", "made_at"),
    record_id=text("What is settled"),
    by_record=text("The bank line or payment that settles it"),
    proposal_id=text(),
    amount=text(),
    currency=text(),
    day=text(),
    made_by=text(),
    made_at=text(),
    undone_by=text(),
    undone_at=text(),
)
SETTLED = shape(
    ("id", "allocations", "settles"),
    id=text(),
    open=text("What is open still"),
    payment_status=text(),
    allocations=many(ALLOCATION, "What settles it; what was undone is told too"),
    settles=many(ALLOCATION, "What it settles itself"),
)
OUTCOME = shape(
    (),
    proposals=many(ANYTHING),
    unmatched_lines=many(ANYTHING),
    open_items=many(text()),
    skipped=many(ANYTHING),
)
