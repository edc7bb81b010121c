"""Reading a list of another system from where the last time ended, every row taken in once.

After each page it is noted how far it has come, so that a crash costs one page, which is then read
again and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors._transport import Page, TransportError
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.logs import log
from node_server.operations.calling import Caller, open_caller
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.calling.files.file_caller import FileCaller
from node_server.operations.house import House
from node_server.operations.ingesting import Intake
from node_server.operations.pulling import progress, rows
from node_server.operations.pulling.file_reader import FileReader
from node_server.operations.pulling.held import Held
from node_server.operations.pulling.progress import Progress
from node_server.operations.pulling.told import Told
from node_server.store import clock, pulls


@dataclass(frozen=True, slots=True)
class Wish:
    """What to read."""

    resource: str = ""
    """May be left out where there is only one."""
    full: bool = False
    """From the beginning, whatever was read before."""
    pages: int | None = None
    """At most so many pages in this call; the next call goes on there."""


def pull(house: House, who: Principal, connection_id: str, wish: Wish) -> dict[str, Any]:
    """Read on; what became of each row, and whether there is more."""
    with open_caller(house, who.tenant, connection_id) as caller:
        wish = replace(wish, resource=wish.resource or _only(caller))
        spec = _listed(caller, wish.resource)
        held = Held(house, who.tenant, connection_id, wish.resource)
        found = held.take()
        try:
            told, more = _reader(house, who, caller, held, spec, wish).read(found)
        except Refusal as error:
            held.give_back(why=error.message[:300])
            raise
        except TransportError as error:
            held.give_back(why=str(error)[:300])
            raise _unread(error) from error
        except BaseException:
            held.give_back(why="broken off")
            raise
    return told.shown(wish.resource, more=more)


def _unread(error: TransportError) -> Refusal:
    """Reading changes nothing there: whatever went wrong, it may be tried again."""
    return Refusal(502, "target_failed", str(error), retriable=True, retry_after=5)


def resources(caller: Caller) -> list[str]:
    """What can be listed there and read here."""
    if isinstance(caller, FileCaller):
        return [FILES]
    specs = caller.connector.manifest["resources"]
    readable = caller.connector.map_names("read")
    return [name for name, spec in specs.items() if "list" in spec and name in readable]


def listable(house: House, tenant: str, connection_id: str) -> list[str]:
    """What a connection can be asked for."""
    with open_caller(house, tenant, connection_id) as caller:
        return resources(caller)


def _only(caller: Caller) -> str:
    known = resources(caller)
    return known[0] if len(known) == 1 else ""


def _listed(caller: Caller, resource: str) -> dict[str, Any]:
    known = resources(caller)
    if resource not in known:
        hint = f"use {', '.join(known)}" if known else "this system lists nothing"
        message = f"{caller.connector.name} has no list {resource[:60]!r} to pull"
        raise Refusal(422, "not_listed", message, hint=hint)
    spec: dict[str, Any] = caller.connector.manifest["resources"].get(resource, {}).get("list", {})
    return spec


def _reader(
    house: House, who: Principal, caller: Caller, held: Held, spec: Mapping[str, Any], wish: Wish
) -> _Reader | FileReader:
    if isinstance(caller, FileCaller):
        return FileReader(house, who, caller, held, pages=wish.pages, full=wish.full)
    return _Reader(house, who, caller, held, spec, wish)


class _Reader:
    """Reads one list page by page."""

    def __init__(
        self,
        house: House,
        who: Principal,
        caller: Caller,
        held: Held,
        spec: Mapping[str, Any],
        wish: Wish,
    ) -> None:
        self._house, self._who, self._caller, self._held = house, who, caller, held
        self._spec, self._wish = spec, wish
        self._how = Intake(
            caller.connector.name,
            wish.resource,
            connection=caller.connection.id,
            channel="api",
        )
        self._told = Told()

    def read(self, found: Progress) -> tuple[Told, bool]:
        come = found
        if self._wish.full or not found.under_way:
            come = found.started(clock.stamp(), full=self._wish.full)
        for number, page in enumerate(self._pages(come), 1):
            newest = max(filter(None, map(self._take, page.rows)), default=None)
            come = come.after(newest, page.next)
            self._told.rows += len(page.rows)
            self._held.note(come, self._told.rows)
            if self._wish.pages is not None and number >= self._wish.pages and come.under_way:
                self._held.give_back()
                return self._told, True
        self._held.note(come.ended(), self._told.rows)
        self._held.give_back()
        return self._told, False

    def _pages(self, come: Progress) -> Iterator[Page]:
        spec, values = progress.listing(self._spec, come.since)
        return self._caller.pages(spec, values, start=come.bookmark())

    def _take(self, row: Any) -> str | None:
        outcome = rows.taken_in(self._house, self._who, row, self._how)
        self._told.note(outcome["documents"])
        if not outcome["documents"]:
            self._refused(outcome["issues"])
        return rows.changed_at(row, self._spec.get("incremental", {}))

    def _refused(self, issues: list[dict[str, Any]]) -> None:
        place = {"row": self._told.rows + len(self._told.refused) + 1, "issues": issues}
        self._told.note_refused(place)
        log().warning(
            "row_refused",
            connection=self._caller.connection.id,
            resource=self._wish.resource,
            code=issues[0]["code"] if issues else "unmapped",
        )


def standing(house: House, tenant: str, connection_id: str) -> list[dict[str, Any]]:
    """How far each list of a connection has been read."""
    with house.store.reading() as transaction:
        found = pulls.rows(transaction, tenant, connection_id)
    return [_standing(row) for row in found]


def _standing(row: dict[str, Any]) -> dict[str, Any]:
    come = progress.read(row["cursor"])
    shown = {
        "resource": row["resource"],
        "state": row["state"],
        "why": row["why"],
        "since": come.since,
        "under_way": come.under_way,
        "rows": row["rows"],
        "due_at": row["due_at"],
        "updated_at": row["updated_at"],
    }
    return {name: value for name, value in shown.items() if value is not None}
