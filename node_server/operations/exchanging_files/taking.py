"""Taking files in: each read whole, taken in once, noted, and then put away.

In that order: a crash in between costs another look at the same bytes, which changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import connectors
from connectors._transport import TransportFailed
from connectors._transport.places import Entry, Place, joined
from node_server.auth import Principal
from node_server.errors import Refusal, refusal_of
from node_server.operations.calling.files.file_caller import FileCaller
from node_server.operations.exchanging_files.putting_away import put_away
from node_server.operations.exchanging_files.ripening import Ripe, ripe_files, stamp
from node_server.operations.house import House
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.store import clock, files

_GONE = "it is gone"


@dataclass(slots=True)
class Outcome:
    """What became of one file."""

    name: str
    documents: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    left: str | None = None
    """Why it was left where it is, if it was."""
    again: bool = False
    """Whether these bytes were taken in before."""


def take_all(
    house: House,
    who: Principal,
    caller: FileCaller,
    seen: dict[str, list[int]],
    tell: Callable[[Ripe], None],
    *,
    full: bool = False,
) -> Generator[Outcome, None, None]:
    """What became of each file that is whole; `tell` hears first what was found."""
    with caller.place() as place:
        ripe = ripe_files(place, caller.exchange, seen)
        tell(ripe)
        taker = _Taker(house, who, caller, place, full=full)
        for entry in ripe.files:
            outcome = taker.take(entry)
            if outcome is not None:
                yield outcome


class _Taker:
    """Takes the files of one connection in, one after the other."""

    def __init__(
        self, house: House, who: Principal, caller: FileCaller, place: Place, *, full: bool
    ) -> None:
        self._house, self._who, self._caller, self._place = house, who, caller, place
        self._full = full
        self._exchange = caller.exchange
        self._at = (who.tenant, caller.connection.id)
        stated = self._exchange.pull
        self._most = min(stated.get("max_bytes", house.settings.max_body), 1 << 30)
        self._how = Intake(
            stated.get("connector"), stated.get("resource"),
            connection=caller.connection.id, channel="file",
        )  # fmt: skip

    def take(self, entry: Entry) -> Outcome | None:
        """What became of it; nothing where it lies there as it has since it was read."""
        if not self._full and self._lies_there(entry):
            return None
        if entry.size > self._most:
            return self._too_large(entry)
        data = self._read(entry)
        if isinstance(data, str):
            return Outcome(entry.name, left=data)
        known = self._known(hashlib.sha256(data).hexdigest())
        if known is not None and known["state"] == files.TAKEN:
            return self._again(entry, known)
        return self._done(entry, data, *self._taken_in(entry.name, data))

    def _lies_there(self, entry: Entry) -> bool:
        """Whether it was read before and could not be, or was not to be, put away."""
        with self._house.store.reading() as transaction:
            found = files.seen(transaction, *self._at, entry.name, *stamp(entry))
        folder = "archive" if found and found["state"] == files.TAKEN else "errors"
        return found is not None and not self._exchange.pull.get(folder)

    def _known(self, sha256: str) -> dict[str, Any] | None:
        with self._house.store.reading() as transaction:
            return files.get(transaction, *self._at, sha256)

    def _read(self, entry: Entry) -> bytes | str:
        """Its bytes, or why it is left: it has gone, or changed while it was read."""
        path = joined(self._exchange.inbox, entry.name)
        try:
            data = self._place.read(path, self._most)
            after = self._place.find(path)
        except TransportFailed as error:
            if error.code not in ("gone", "denied", "too_large", "failed"):
                raise
            return _GONE if error.code == "gone" else error.message
        if after is None:
            return _GONE
        whole = len(data) == entry.size and stamp(after) == stamp(entry)
        return data if whole else "it is being written"

    def _taken_in(
        self, name: str, data: bytes
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        documents: list[dict[str, Any]] = []
        issues: list[dict[str, Any]] = []
        try:
            for inner, member in connectors.unpack(data, name):
                payload = Payload(member, None, inner or name)
                documents += ingest(self._house, self._who, payload, self._how)["documents"]
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None or refusal.status >= 500 or refusal.retriable:
                raise
            issues.append(_issue(refusal))
        return documents, issues

    def _too_large(self, entry: Entry) -> Outcome:
        message = f"it has {entry.size} bytes; at most {self._most} are read"
        issue = {"code": "body_too_large", "severity": "error", "message": message}
        mark = hashlib.sha256(f"{entry.name} {stamp(entry)}".encode()).hexdigest()
        left = put_away(self._place, self._exchange, entry.name, mark, good=False)
        return Outcome(entry.name, issues=[issue], left=left)

    def _again(self, entry: Entry, known: dict[str, Any]) -> Outcome:
        sha256 = known["sha256"]
        self._note(entry, sha256, files.TAKEN, None, known["documents"])
        left = put_away(self._place, self._exchange, entry.name, sha256, good=True)
        return Outcome(entry.name, left=left, again=True)

    def _done(
        self,
        entry: Entry,
        data: bytes,
        documents: list[dict[str, Any]],
        issues: list[dict[str, Any]],
    ) -> Outcome:
        sha256, good = hashlib.sha256(data).hexdigest(), not issues
        why = None if good else str(issues[0]["message"])[:300]
        self._note(entry, sha256, files.TAKEN if good else files.REFUSED, why, len(documents))
        left = put_away(self._place, self._exchange, entry.name, sha256, good=good)
        return Outcome(entry.name, documents, issues, left)

    def _note(self, entry: Entry, sha256: str, state: str, why: str | None, count: int) -> None:
        tenant, connection_id = self._at
        row = {
            "tenant": tenant, "connection_id": connection_id, "sha256": sha256,
            "name": entry.name, "size": entry.size, "modified": entry.modified, "state": state,
            "why": why, "documents": count, "at": clock.stamp(),
        }  # fmt: skip
        with self._house.store.writing() as transaction:
            files.keep(transaction, row)


def _issue(refusal: Refusal) -> dict[str, Any]:
    issue = {"code": refusal.code, "severity": "error", "message": refusal.message}
    return issue | ({"hint": refusal.hint} if refusal.hint else {})
