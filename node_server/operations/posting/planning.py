"""Planning an effect: everything about it is decided and stored before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.calling import Caller, open_caller
from node_server.operations.governing import duties
from node_server.operations.house import House
from node_server.operations.posting import held_bills, judging
from node_server.operations.posting.admitting import Admitted, admit
from node_server.operations.posting.announcing import announce, replanned
from node_server.operations.posting.attachments import Attach, files_of
from node_server.operations.posting.blocking import Blocked
from node_server.operations.posting.drafting import dependency, drafted
from node_server.operations.posting.effects import (
    ATTACH,
    Effect,
    asked_for,
    can_attach,
    operation_of,
    priority_of,
    resource_for,
)
from node_server.operations.posting.holds import reason_to_hold, reason_to_refuse
from node_server.operations.posting.nudging import nudge
from node_server.operations.posting.preparing import Prepared
from node_server.operations.posting.referring import made_there
from node_server.store import clock, counterfoils, records
from node_server.store.counterfoils import Row
from node_server.store.records import Stored

_NEW = {"state": "new", "due_at": ""}
_EMPTY: dict[str, Any] = {"method": "", "url": "", "headers": "{}", "body": b""}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants posted."""

    document: str
    resource: str | None = None
    action: str = "create"
    after: str | None = None
    """Record or counterfoil that must be confirmed there first."""
    trace_id: str | None = None
    attach: Attach | None = None
    """Files to attach to the record there; as the connection says, unless stated."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The counterfoil of a wish, new or stored before; and what it cannot say."""

    row: Row
    replayed: bool = False
    issues: tuple[Any, ...] = ()
    files: tuple[Row, ...] = ()
    """The counterfoils of what is attached to it."""


def plan(house: House, who: Principal, connection_id: str, wish: Wish) -> Planned:
    """The counterfoil of an effect: new, or that of the same effect before."""
    with open_caller(house, who.tenant, connection_id) as caller:
        draft = _Draft(house, who, caller, wish)
        return draft.kept()


def preview(house: House, who: Principal, connection_id: str, wish: Wish) -> Planned:
    """The counterfoil as it would be; nothing is stored."""
    with open_caller(house, who.tenant, connection_id) as caller:
        draft = _Draft(house, who, caller, wish)
        row, prepared = draft.row(draft.effect)
        return Planned(row, issues=tuple(prepared.issues) if prepared else ())


class _Draft:
    """One wish on its way to a counterfoil."""

    def __init__(self, house: House, who: Principal, caller: Caller, wish: Wish) -> None:
        self._house = house
        self._who = who
        self._caller = caller
        self._wish = wish
        self._connection = caller.connection
        place = {"tenant": who.tenant, "record_id": wish.document}
        with house.store.reading() as connection:
            self._stored = _found(records.get(connection, who.tenant, wish.document))
            self._standing = held_bills.standing(connection, place)
            self._before = self._dependency(connection)
        self.effect = self._effect(wish.action, "")

    def _effect(self, action: str, step: str) -> Effect:
        record, connector = self._stored.record, self._caller.connector
        resource = self._wish.resource or resource_for(connector, record.document, action)
        operation_of(connector, resource, action)
        return Effect(
            connector.name, self._connection.id, self._wish.document, record.revision or 1,
            resource, action, step,
        )  # fmt: skip

    def _dependency(self, connection: Connection) -> str | None:
        """What must come first: what the caller names, else what the document does."""
        tenant, after = self._who.tenant, self._wish.after
        if after is None:
            document = self._stored.record.document
            return dependency(connection, tenant, self._connection.id, document)
        named = counterfoils.get(connection, tenant, after)
        named = named or made_there(connection, tenant, self._connection.id, after)
        if named is None:
            hint = "name a counterfoil, or a document that is posted to this connection"
            message = f"nothing to wait for is known as {after[:60]!r}"
            raise Refusal(422, "unknown_name", message, hint=hint)
        key: str = named["key"]
        return key

    def kept(self) -> Planned:
        """The counterfoil, stored for good; what follows it (submitting, posting) with it."""
        body_hash = asked_for(self.effect, self._stored.record.content_hash)
        try:
            row, prepared = self.row(self.effect)
        except Refusal:
            if (done := self._done_before(body_hash)) is not None:
                return Planned(done, replayed=True)
            raise
        tenant, record = self._who.tenant, self._wish.document
        lock = f"post:{tenant}:{self._connection.id}:{record}"
        of_record = f"{tenant}:record:{record}"
        with self._house.store.writing(lock, of_record, durable=True) as connection:
            rows = counterfoils.of_record(connection, tenant, record, self._connection.id)
            found = admit(rows, self.effect, body_hash)
            if found.stored is not None:
                files = self._attached(connection, found.stored, rows)
            else:
                row = self._stored_new(connection, found, row, prepared)
                files = self._attached(connection, row, rows)
        nudge(self._house)
        if found.stored is not None:
            return Planned(found.stored, replayed=True, files=files)
        return Planned(row, issues=tuple(prepared.issues) if prepared else (), files=files)

    def _done_before(self, body_hash: str) -> Row | None:
        """The same effect of before: it was done, wherever the document has moved since."""
        tenant, record = self._who.tenant, self._wish.document
        with self._house.store.reading() as connection:
            rows = counterfoils.of_record(connection, tenant, record, self._connection.id)
        return admit(rows, self.effect, body_hash).stored

    def _attached(self, connection: Connection, row: Row, before: Sequence[Row]) -> tuple[Row, ...]:
        """The counterfoils of the files that belong to what a row makes there, new and old."""
        wanted = self._wish.attach or self._connection.settings.get("attach", "none")
        if wanted == "none" or row["action"] != "create" or row["state"] in ("refused", "dead"):
            return ()
        resource = row["resource"]
        if not can_attach(self._caller.connector, resource):
            if self._wish.attach is None:
                return ()
            operation_of(self._caller.connector, resource, ATTACH)
        place = self._who.tenant, self._stored.record, self._connection.id
        known = {each["key"]: each for each in before}
        files = []
        for sha256 in files_of(connection, *place, wanted):
            made = self._file(row, sha256)
            old = known.get(made["key"])
            if old is None:
                counterfoils.add(connection, made)
            elif old["state"] == "held" and old["waits_for"] != row["key"]:
                # It waited for what was refused, in whose place this has come.
                anew = {name: made[name] for name in ("waits_for", "state", "why", "due_at")}
                counterfoils.step(connection, old, **anew)
            files.append(old or made)
        return tuple(files)

    def _file(self, row: Row, sha256: str) -> Row:
        effect = Effect(
            row["connector"], row["connection_id"], row["record_id"], row["revision"],
            row["resource"], ATTACH, sha256,
        )  # fmt: skip
        body_hash = asked_for(effect, None)
        return self._columns(effect) | {"waits_for": row["key"], "body_hash": body_hash}

    def _stored_new(
        self, connection: Connection, found: Admitted, row: Row, prepared: Prepared | None
    ) -> Row:
        if self._standing is not None and self._standing["kind"] == "payment":
            duties.ask(connection, self._who, "pay", self._stored)
        if found.superseded is not None:
            gone = found.superseded
            now = clock.stamp()
            why = "superseded: the document has changed"
            changes = {"state": "refused", "why": why, "settled_at": now, "updated_at": now}
            counterfoils.step(connection, gone, **changes)
        if found.effect != self.effect:
            row, _ = self.row(found.effect)
        self._first_things_first(connection, row)
        counterfoils.add(connection, row)
        announce(self._house, connection, _NEW, row, actor=self._who.id)
        if row["url"] and (self._standing or {}).get("state") == "exception":
            replanned(connection, row, actor=self._who.id)
        for following in self._following(row):
            counterfoils.add(connection, following)
        return row

    def _first_things_first(self, connection: Connection, row: Row) -> None:
        """What others wait for is at least as urgent as they are."""
        before = counterfoils.get(connection, self._who.tenant, row["waits_for"] or "")
        if before is not None and before["priority"] > row["priority"]:
            counterfoils.step(connection, before, priority=row["priority"])

    def row(self, effect: Effect) -> tuple[Row, Prepared | None]:
        """The counterfoil of an effect, and its request unless it must wait for another one."""
        row = self._columns(effect)
        if why := reason_to_refuse(self._standing or {}):
            hint = "move it on by POST /v1/documents/{id}/transitions"
            raise Refusal(409, "step_refused", why, hint=hint)
        if why := reason_to_hold(self._standing or {}):
            row |= _held(why)
        if self._before is not None:
            return row | {"waits_for": self._before}, None
        try:
            prepared = drafted(self._house, self._caller, row)
        except Blocked as blocked:
            return row | _held(str(blocked)), None
        return row | prepared.columns(), prepared

    def _columns(self, effect: Effect) -> Row:
        now = clock.stamp()
        kind = self._standing["kind"] if self._standing else ""
        return {
            "tenant": self._who.tenant, "key": effect.key.hex64,
            "connection_id": effect.connection, "connector": effect.connector,
            "resource": effect.resource, "action": effect.action, "record_id": effect.record,
            "revision": effect.revision, "step": effect.step, "state": "pending", "why": None,
            **_EMPTY, "body_hash": asked_for(effect, self._stored.record.content_hash),
            "waits_for": None, "priority": priority_of(kind, effect.action),
            "attempts": 0, "lookups": 0, "due_at": now, "lease": None, "leased_until": None,
            "first_sent_at": None, "sent_at": None, "settled_at": None, "target_id": None,
            "target_version": None, "status": 0, "answer": None, "actor": self._who.id,
            "trace_id": self._wish.trace_id, "created_at": now, "updated_at": now,
        }  # fmt: skip

    def _following(self, row: Row) -> list[Row]:
        """Calls that the manifest lets follow at once, each an effect of its own."""
        spec = operation_of(self._caller.connector, row["resource"], row["action"])
        made, before = [], row["key"]
        for action in spec.get("then", ()):
            effect = self._effect(action, row["step"])
            made.append(self._columns(effect) | {"waits_for": before})
            before = made[-1]["key"]
        return made


def _held(why: str) -> dict[str, Any]:
    return {"state": "held", "why": why, "due_at": clock.stamp(after=judging.held().due)}


def _found(stored: Stored | None) -> Stored:
    if stored is None:
        raise Refusal(404, "not_found", "there is no such document")
    return stored


def is_open(row: Mapping[str, Any]) -> bool:
    """Whether something is still to be done by itself."""
    workable = row["state"] in counterfoils.WORKABLE
    return workable and row["due_at"] != counterfoils.NEVER
