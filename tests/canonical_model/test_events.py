"""Events follow from what happened: same happening, same id."""

from __future__ import annotations

import datetime
import json

import jsonschema
import pytest

from canonical_model import schemas, wire
from canonical_model.documents import Invoice
from canonical_model.envelope import Context, Source
from canonical_model.events import EVENTS, UnknownEvent, event_id, event_type, make_event
from canonical_model.record import make_record

NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


def posted() -> object:
    record = make_record(
        Invoice(number="INV-1"), Source(system="xero", object_id="x1"), Context(tenant="acme")
    )
    return make_event(record, "posted", source="/tenants/acme", at=NOON, previous_state="approved")


def test_an_event_is_a_cloud_event() -> None:
    event = json.loads(wire.encode(posted()))
    assert event["specversion"] == "1.0"
    assert event["type"] == "finance.invoice.posted.v1"
    assert event["time"] == "2026-01-31T12:00:00Z"
    assert event["subject"] == event["data"]["id"]
    assert event["dataref"].endswith(event["subject"])
    assert event["data"]["issues"]["error"] > 0
    jsonschema.Draft202012Validator(schemas.schema("event")).validate(event)


def test_the_same_happening_has_the_same_id() -> None:
    assert wire.encode(posted()) == wire.encode(posted())


def test_another_step_revision_or_event_has_another_id() -> None:
    ids = {
        event_id("inv_1", 1, "posted", 3),
        event_id("inv_1", 1, "posted", 4),
        event_id("inv_1", 2, "posted", 3),
        event_id("inv_1", 1, "paid", 3),
        event_id("inv_2", 1, "posted", 3),
    }
    assert len(ids) == 5


def test_an_id_is_stable_for_ever() -> None:
    # A change here breaks every consumer that de-duplicates by id.
    assert (
        event_id("inv_1", 1, "posted", 3) == "boakajv5qcrijwdi6oi6m4b4uhntascbrgwgypzoqlsuwfuolxmq"
    )


def test_an_unknown_event_offers_the_nearest() -> None:
    with pytest.raises(UnknownEvent, match="posted"):
        event_type("invoice", "postd")


def test_events_are_named_once() -> None:
    assert len(EVENTS) == len(set(EVENTS)) == 33
