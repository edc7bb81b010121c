"""The life of a document: which steps there are, for whom, and what is said of the others."""

from __future__ import annotations

import itertools

import pytest

from canonical_model.documents import KINDS
from canonical_model.errors import IllegalTransition
from canonical_model.events import EVENTS
from canonical_model.lifecycle import (
    STATES,
    TRANSITIONS,
    as_markdown,
    as_mermaid,
    legal,
    transition,
)


@pytest.mark.parametrize(
    ("source", "target", "event"),
    [
        (None, "received", "received"),
        ("received", "validated", "validated"),
        ("validated", "matched", "matched"),
        ("validated", "approved", "approved"),
        ("matched", "approved", "approved"),
        ("approved", "posted", "posted"),
        ("posted", "paid", "paid"),
        ("paid", "archived", "archived"),
        ("paid", "posted", "payment_returned"),
        ("approved", "validated", "approval_revoked"),
        ("rejected", "received", "reopened"),
        ("posted", "archived", "voided"),
    ],
)
def test_the_steps_of_an_invoice(source: str, target: str, event: str) -> None:
    assert transition(source, target, "invoice").event == event


@pytest.mark.parametrize("state", ["received", "validated", "matched", "approved"])
def test_what_is_not_posted_may_be_rejected(state: str) -> None:
    assert transition(state, "rejected", "invoice").event == "rejected"


@pytest.mark.parametrize("state", ["posted", "paid"])
def test_what_is_posted_cannot_be_rejected_only_voided(state: str) -> None:
    with pytest.raises(IllegalTransition, match="archived"):
        transition(state, "rejected", "invoice")
    assert transition(state, "archived", "invoice", event="voided").event == "voided"


def test_an_illegal_step_names_the_legal_ones() -> None:
    with pytest.raises(IllegalTransition) as caught:
        transition("received", "paid", "invoice")
    assert str(caught.value) == (
        "an invoice cannot go from received to paid;"
        " legal: archived, exception, rejected, validated"
    )


def test_archived_is_final() -> None:
    assert legal("archived") == ()
    with pytest.raises(IllegalTransition, match="final"):
        transition("archived", "received")


@pytest.mark.parametrize("kind", ["journal_entry", "goods_receipt", "purchase_order", "party"])
def test_what_nobody_pays_is_final_when_posted(kind: str) -> None:
    with pytest.raises(IllegalTransition):
        transition("posted", "paid", kind)
    assert transition("posted", "archived", kind)


def test_a_bank_line_is_posted_when_reconciled_without_approval() -> None:
    assert transition("matched", "posted", "bank_transaction")
    with pytest.raises(IllegalTransition):
        transition("matched", "posted", "invoice")


def test_an_exception_goes_back_to_where_it_was_opened_or_to_an_end() -> None:
    targets = {step.target for step in legal("exception", "invoice", from_state="matched")}
    assert targets == {"matched", "rejected", "archived"}
    with pytest.raises(IllegalTransition):
        transition("exception", "posted", "invoice", from_state="matched")


def test_every_event_of_the_table_is_an_event() -> None:
    assert {step.event for step in TRANSITIONS} <= set(EVENTS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_reach_an_end_from_every_state(kind: str) -> None:
    reach: dict[str, set[str]] = {s: {t.target for t in legal(s, kind)} for s in STATES}
    for _, state in itertools.product(STATES, STATES):
        reach[state] |= {t for middle in set(reach[state]) for t in reach[middle]}
    assert all("archived" in reach[state] for state in STATES if state != "archived")


def test_table_and_diagram_show_every_step() -> None:
    table, diagram = as_markdown(), as_mermaid()
    for step in TRANSITIONS:
        assert f"`{step.event}`" in table
        assert f"--> {step.target}: {step.event}" in diagram
