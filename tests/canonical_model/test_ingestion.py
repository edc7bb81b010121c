"""The decision table for what comes in, row by row."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from canonical_model.documents import Invoice
from canonical_model.envelope import Context, ExceptionInfo, Record, Source, State, Step
from canonical_model.ingestion import decide
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party
from canonical_model.parts.totals import Totals
from canonical_model.record import make_record

CONTEXT = Context(tenant="acme", entity="DE01", direction="payable")


def incoming(
    object_id: str = "1",
    system: str = "xero",
    gross: str = "119.00",
    number: str = "INV-1",
    vat: str | None = "DE136695976",
    *,
    name: str = "Acme GmbH",
    deleted: bool | None = None,
) -> Record:
    """A record as mapping makes it."""
    ids = [Identifier(kind="vat", value=vat)] if vat else []
    invoice = Invoice(
        number=number,
        issue_date=datetime.date(2026, 1, 31),
        currency="EUR",
        seller=Party(name=name, ids=ids),
        totals=Totals(gross=Decimal(gross), payable=Decimal(gross)),
    )
    source = Source(
        system=system, connection="c", object_type="bill", object_id=object_id, deleted=deleted
    )
    return make_record(invoice, source, CONTEXT)


def stored(state: State = "received", record: Record | None = None, **changes: Any) -> Record:
    """The same, as it lies in the store."""
    return msgspec.structs.replace(record or incoming(), state=state, revision=1, **changes)


def test_nothing_known_creates() -> None:
    decision = decide([], incoming())
    assert (decision.action, decision.state, decision.events) == (
        "create",
        "received",
        ("received",),
    )


@pytest.mark.parametrize("state", ["received", "approved", "paid", "archived"])
def test_the_same_again_is_replayed_in_any_state(state: State) -> None:
    decision = decide([stored(state)], incoming())
    assert (decision.action, decision.events) == ("replay", ("replayed",))
    assert decision.record_id == stored().id


@pytest.mark.parametrize("state", ["received", "validated", "matched"])
def test_new_content_before_approval_is_a_revision(state: State) -> None:
    decision = decide([stored(state)], incoming(gross="120.00"))
    assert (decision.action, decision.events, decision.state) == (
        "revise",
        ("revised",),
        "received",
    )


def test_new_content_after_approval_revokes_it() -> None:
    decision = decide([stored("approved")], incoming(gross="120.00"))
    assert decision.events == ("revised", "approval_revoked")
    assert decision.state == "validated"


@pytest.mark.parametrize("state", ["posted", "paid"])
def test_new_content_after_posting_is_held(state: State) -> None:
    decision = decide([stored(state)], incoming(gross="120.00"))
    assert (decision.action, decision.exception) == ("hold", "changed_after_post")


def test_a_record_held_after_posting_counts_as_posted() -> None:
    held = ExceptionInfo(code="unreconciled", from_state="posted")
    decision = decide([stored("exception", exception=held)], incoming(gross="120.00"))
    assert decision.exception == "changed_after_post"


def test_a_held_record_stays_held_when_revised() -> None:
    held = ExceptionInfo(code="price_variance", from_state="matched")
    decision = decide([stored("exception", exception=held)], incoming(gross="120.00"))
    assert (decision.action, decision.state) == ("revise", None)


def test_a_rejected_record_is_reopened_by_new_content() -> None:
    decision = decide([stored("rejected")], incoming(gross="120.00"))
    assert decision.events == ("revised", "reopened")
    assert decision.state == "received"


def test_the_same_document_by_another_way_is_a_second_source() -> None:
    decision = decide([stored()], incoming(object_id="p-9", system="peppol"))
    assert (decision.action, decision.events) == ("attach_source", ("source_attached",))


def test_the_same_number_with_another_amount_is_a_conflict() -> None:
    other = incoming(object_id="p-9", system="peppol", gross="500.00")
    decision = decide([stored()], other)
    assert (decision.action, decision.exception) == ("conflict", "natural_key_conflict")


def test_keys_of_two_records_are_a_conflict() -> None:
    first = stored(record=incoming())
    second = msgspec.structs.replace(stored(record=incoming(object_id="2")), id="inv_other")
    decision = decide([first, second], incoming(object_id="3"))
    assert decision.exception == "natural_key_conflict"


def test_a_name_alone_is_a_suspicion_and_never_merges() -> None:
    known = stored(record=incoming(vat=None, number="INV-1"))
    decision = decide([known], incoming(object_id="2", vat=None, gross="80.00"))
    assert (decision.action, decision.events) == ("create", ("received", "duplicate_suspected"))
    assert decision.record_id == known.id
    assert not decision.payment_hold


def test_fingerprints_that_agree_hold_payment() -> None:
    known = stored(record=incoming(number="INV-0123"))
    decision = decide([known], incoming(object_id="2", number="INV-O123"))
    assert decision.action == "create"
    assert decision.payment_hold
    assert decision.score is not None
    assert decision.score >= Decimal("0.8")


def test_a_voided_record_raises_no_suspicion() -> None:
    known = stored("archived", record=incoming(number="INV-0123"), archive_reason="voided")
    decision = decide([known], incoming(object_id="2", number="INV-O123"))
    assert decision.events == ("received",)


@pytest.mark.parametrize("state", ["received", "approved"])
def test_deleted_at_source_before_posting_is_archived(state: State) -> None:
    decision = decide([stored(state)], incoming(deleted=True))
    assert (decision.action, decision.state) == ("archive_deleted", "archived")


@pytest.mark.parametrize("state", ["posted", "paid"])
def test_deleted_at_source_after_posting_is_held(state: State) -> None:
    decision = decide([stored(state)], incoming(deleted=True))
    assert (decision.action, decision.exception) == ("hold", "source_deleted")


def posted(state: State = "posted") -> Record:
    """A record that was posted to the ledger `c`, which calls it `b-7`."""
    step = Step(op="post", at=datetime.datetime.now(datetime.UTC), by="c", note="b-7")
    echo = incoming("b-7", "ledger", number="INV-1")
    record = incoming()
    keys = [*record.keys, *echo.keys]
    return stored(state, record, lineage=[step], keys=keys)


def echoed(gross: str = "119.00", balance: str | None = None) -> Record:
    """The ledger's own record of it, in other words."""
    told = incoming("b-7", "ledger", gross, name="ACME")
    open_there = None if balance is None else Decimal(balance)
    document = msgspec.structs.replace(told.document, balance=open_there)  # type: ignore[call-arg]
    return msgspec.structs.replace(told, document=document, content_hash="sha256:other")


@pytest.mark.parametrize(
    ("before", "balance", "wanted"),
    [
        ("posted", None, ("replay", None)),
        ("posted", "119.00", ("replay", None)),
        ("posted", "0.00", ("settle", "paid")),
        ("paid", "0.00", ("replay", None)),
        ("archived", "0.00", ("replay", None)),
    ],
)
def test_what_was_posted_and_is_read_back_is_no_change(
    before: State, balance: str | None, wanted: tuple[str, str | None]
) -> None:
    decision = decide([posted(before)], echoed(balance=balance))
    assert (decision.action, decision.state) == wanted


def test_another_amount_in_the_ledger_is_shown_to_somebody() -> None:
    decision = decide([posted()], echoed("120.00", "0.00"))
    assert (decision.action, decision.exception) == ("hold", "changed_after_post")


def test_only_the_ledger_that_it_was_posted_to_can_say_that_it_is_paid() -> None:
    told = echoed(balance="0.00")
    assert told.source is not None
    elsewhere = msgspec.structs.replace(told.source, connection="another")
    decision = decide([posted()], msgspec.structs.replace(told, source=elsewhere))
    assert decision.action != "settle"
