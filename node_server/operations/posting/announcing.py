"""Telling the document what has become of its effects: source, step, state and event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from canonical_model.documents import kind_of
from canonical_model.envelope import Context, Record, Source, State, Step
from canonical_model.identity import source_key
from canonical_model.lifecycle import legal
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Closing, Finding, close, raise_on
from node_server.operations.excepting.finding import CROSSWALKS, OF_POSTING, POSTING
from node_server.operations.house import House
from node_server.operations.keeping import Keeper, finish
from node_server.operations.posting.effects import ATTACH
from node_server.operations.posting.holds import blocking_code, is_unmapped
from node_server.operations.posting.source_words import SourceWords
from node_server.store import counterfoils, exceptions, records
from node_server.store.records import Stored

_FAILED: Final = frozenset({"refused", "dead"})
_IN_DOUBT: Final = "target_uncertain"


@dataclass(frozen=True, slots=True)
class Turned:
    """A counterfoil as it was and as it has become, and by whom."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    actor: str


def announce(
    house: House,
    connection: Connection,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: str,
) -> None:
    """Move the document on, where what has become of the effect concerns it."""
    announce_all(house, connection, [Turned(before, after, actor)])


def announce_all(house: House, connection: Connection, turned: Sequence[Turned]) -> None:
    """Move the documents of several effects on, with as few statements as for one."""
    told = [each for each in turned if _concerns(each.before, each.after)]
    if not told:
        return
    wanted = {_record_of(each.after) for each in told}
    found = records.get_all(connection, wanted, to_change=True)
    confirmed = [each.after for each in told if each.after["state"] == "confirmed"]
    open_keys = _with_more_to_come(connection, confirmed)
    now, keepers = dict(found), []
    for each in told:
        key = _record_of(each.after)
        if key not in now:
            continue  # erased meanwhile; the counterfoil stays
        keeper = Keeper(connection, key[0], each.actor, _traceparent(each.after["trace_id"]))
        more = (key[0], each.after["key"]) in open_keys
        now[key] = _become(house, keeper, now[key], each, more=more)
        keepers.append(keeper)
    changes = [
        records.Change(found[key], each.record, facts_of(each.record), keepers[-1].stamp)
        for key, each in now.items()
    ]
    records.change(connection, changes)
    finish(connection, keepers)


def _record_of(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["tenant"], row["record_id"]


def _become(house: House, keeper: Keeper, stored: Stored, turned: Turned, *, more: bool) -> Stored:
    """What a document becomes by an effect of it; `more` calls may belong to the effect."""
    before, after = turned.before, turned.after
    if after["state"] == "confirmed":
        return _confirmed(keeper, stored, after, house.kept(SourceWords).of(after), more=more)
    if after["state"] in _FAILED:
        return _failed(keeper, stored, after)
    if after["state"] == "held":
        return _held(keeper, stored, after, blocking_code(after["why"]) or "held")
    return _uncertain(keeper, stored, before, after)


def _concerns(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether it is settled, has fallen into doubt, or needs a person from now on."""
    if after["state"] == "held":
        return before["state"] != "held" and blocking_code(after["why"]) is not None
    if after["state"] != "uncertain":
        return after["state"] == "confirmed" or after["state"] in _FAILED
    asked = after["due_at"] == counterfoils.NEVER and before["due_at"] != counterfoils.NEVER
    return bool(asked or before["state"] != "uncertain")


def _traceparent(trace_id: str | None) -> str | None:
    return f"00-{trace_id}-{trace_id[:16]}-01" if trace_id else None


def _confirmed(
    keeper: Keeper, stored: Stored, row: Mapping[str, Any], words: tuple[str, str], *, more: bool
) -> Stored:
    record = stored.record
    if row["action"] == ATTACH:
        return stored.become(_told(keeper, record, "attachment_added", row["target_id"]))
    record = _known_there(record, keeper, row, words)
    if more:
        return stored.become(record)
    stored = stored.become(record)
    if record.state == "exception":
        why = f"confirmed: {row['target_id'] or ''}"
        stored = _settled(keeper, stored, OF_POSTING, row["connection_id"], why)
        record = stored.record
    if row["action"] == "void":
        record = structs.replace(record, archive_reason="voided")
        return stored.become(_stepped(keeper, record, "archived", "voided", row))
    return stored.become(_stepped(keeper, record, "posted", "posted", row))


def _with_more_to_come(
    connection: Connection, confirmed: Sequence[Mapping[str, Any]]
) -> set[tuple[str, str]]:
    """Those to which a further call belongs, such as submitting what was created."""
    following = counterfoils.following(connection, confirmed) if confirmed else []
    return {(each["tenant"], each["waits_for"]) for each in following if each["action"] != ATTACH}


def _known_there(
    record: Record, keeper: Keeper, row: Mapping[str, Any], words: tuple[str, str]
) -> Record:
    """What is pulled from the target later is recognised by the id that it has there."""
    done = Step(op="post", at=keeper.at, by=row["connection_id"], note=row["target_id"])
    record = structs.replace(record, lineage=[*record.lineage, done])
    if not row["target_id"]:
        return record
    system, kind = words
    source = Source(
        system=system, connection=row["connection_id"], channel="api", object_type=kind,
        object_id=row["target_id"], object_version=row["target_version"], observed_at=keeper.at,
    )  # fmt: skip
    key = source_key(source, Context(tenant=row["tenant"]))
    known = {each.hash for each in record.keys}
    keys = [*record.keys, key] if key is not None and key.hash not in known else record.keys
    return structs.replace(record, keys=keys, sources=[*record.sources, source])


def _stepped(
    keeper: Keeper, record: Record, target: State, event: str, row: Mapping[str, Any]
) -> Record:
    steps = legal(record.state, kind_of(record.document))
    if any(step.target == target and step.event == event for step in steps):
        return _moved(keeper, record, target, event, row["target_id"])
    if record.exception is not None and target == "posted":
        # Still held for another reason: once that is closed, it is posted.
        there = structs.replace(record.exception, from_state=target)
        record = structs.replace(record, exception=there)
    return _told(keeper, record, event, row["target_id"])


def _failed(keeper: Keeper, stored: Stored, row: Mapping[str, Any]) -> Stored:
    stored = stored.become(_told(keeper, stored.record, "post_failed", row["why"]))
    return _held(keeper, stored, row, "target_rejected")


def _uncertain(
    keeper: Keeper, stored: Stored, before: Mapping[str, Any], row: Mapping[str, Any]
) -> Stored:
    if before["state"] != "uncertain":
        stored = stored.become(_told(keeper, stored.record, "post_uncertain", row["why"]))
    return stored if row["due_at"] != counterfoils.NEVER else _held(keeper, stored, row, _IN_DOUBT)


def _held(keeper: Keeper, stored: Stored, row: Mapping[str, Any], code: str) -> Stored:
    """In exception until a person has looked, unless its state does not know that."""
    record = stored.record
    steps = legal(record.state, kind_of(record.document))
    known = record.state == "exception" or any(step.target == "exception" for step in steps)
    if row["action"] == ATTACH or not known:
        return stored
    control = CROSSWALKS if is_unmapped(code) else POSTING
    finding = Finding(
        control, code, row["why"] or code, holds=False, moves=True, again=True, retryable=True,
        context={"counterfoil": row["key"], "connection": row["connection_id"]},
    )  # fmt: skip
    return raise_on(keeper, stored, finding)


def replanned(connection: Connection, row: Mapping[str, Any], *, actor: str) -> None:
    """What a table did not know it knows now: the document need not wait for that any more."""
    stored = records.get(connection, row["tenant"], row["record_id"], to_change=True)
    if stored is not None and stored.record.state == "exception":
        keeper = Keeper(connection, row["tenant"], actor, _traceparent(row["trace_id"]))
        _settled(keeper, stored, {CROSSWALKS}, row["connection_id"], "the table knows it now")
        keeper.finish()


def _settled(
    keeper: Keeper, stored: Stored, controls: Collection[str], place: str, why: str
) -> Stored:
    """Close what posting to this connection has opened."""
    rows = exceptions.of_record(keeper.connection, keeper.tenant, stored.record.id or "")
    going = [
        row
        for row in rows
        if row["state"] == exceptions.OPEN
        and row["control"] in controls
        and msgspec.json.decode(row["context"]).get("connection", place) == place
    ]
    return close(keeper, stored, going, Closing("resolved", why)) if going else stored


def _moved(keeper: Keeper, record: Record, state: State, event: str, reason: str | None) -> Record:
    before = record.state
    on = keeper.moved(record, state, event)
    keeper.note_step(on, on.state_seq, before, state, event, reason)
    return on


def _told(keeper: Keeper, record: Record, event: str, reason: str | None) -> Record:
    """An event without a change of state; it counts as a step, so that its id is its own."""
    return _moved(keeper, record, record.state or "received", event, reason)
