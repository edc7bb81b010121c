"""One simulated system: what a call goes through, from the door to the commit."""

from __future__ import annotations

import threading
from collections import Counter, deque
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

from node_server.simulators.attaching import attach, listed_files
from node_server.simulators.call import Call, Reply
from node_server.simulators.clock import Clock
from node_server.simulators.csrf import Csrf
from node_server.simulators.described import Route, Target
from node_server.simulators.door import Door
from node_server.simulators.faults import AFTER, WRITES, Fault, Faults
from node_server.simulators.journal import Journal
from node_server.simulators.keyring import Keyring
from node_server.simulators.kinds import made_of_kind
from node_server.simulators.limits import RequestLimits
from node_server.simulators.oauth import OAuth
from node_server.simulators.reading import Reader
from node_server.simulators.refusals import Refusals
from node_server.simulators.routing import Routed, routed
from node_server.simulators.rows import Rows
from node_server.simulators.tokens import Tokens
from node_server.simulators.webhooks import Webhooks
from node_server.simulators.writing import Writer

_MOST_CALLS = 20_000
_WHOLE = 10_000


@dataclass(frozen=True)
class Noted:
    """A call as the control plane tells of it."""

    method: str
    path: str
    purpose: str
    resource: str
    status: int
    fault: str
    at: float


@dataclass(frozen=True)
class Options:
    """How strict a simulator is."""

    limits: bool = False
    """Whether the manifest's limits are kept."""
    page_size: int = _WHOLE
    """Most rows in a page, whatever is asked for."""
    delay: float = 0.0
    """Seconds that each answer takes."""


class System:
    """The whole of one system, without HTTP."""

    def __init__(
        self, target: Target, *, seed: int, faults: Faults, journal: Journal, options: Options
    ) -> None:
        name = target.name
        self.target, self.seed, self.faults, self.options = target, seed, faults, options
        self.clock = Clock()
        self._journal = journal
        self.keyring = Keyring(target, seed)
        self.tokens = Tokens(name, self.clock, journal)
        self.refusals = Refusals(target, self.clock)
        self.rows = Rows(target, self.clock, journal)
        self.writer = Writer(self.rows, self.refusals, self.clock)
        self.oauth = OAuth(target, self.keyring, self.tokens, self.clock)
        self.webhooks = Webhooks(target, self.keyring, self.clock, journal)
        self._door = Door(target, self.keyring, self.tokens, self.refusals)
        self._reader = Reader(target, self.rows, self.refusals, options.page_size)
        self._csrf = Csrf(target, self.tokens)
        self._limits = RequestLimits(target, self.clock)
        self.calls: deque[Noted] = deque(maxlen=_MOST_CALLS)
        self.counts: Counter[str] = Counter()
        self._noting = threading.Lock()
        self._load()

    def answer(self, call: Call) -> tuple[Reply, Fault | None]:
        """The answer, and what is to happen to it on its way."""
        if (aside := self._aside(call)) is not None:
            return aside
        found = routed(self.target, call)
        purpose = "token" if self._csrf.asked(call) else found.purpose
        fault = self.faults.draw(purpose, found.resource)
        with self._limits.inside():
            reply = self._checked(call, found, fault)
        self._note(call, found, reply, fault)
        return _changed(reply, fault, self.refusals), fault

    def _aside(self, call: Call) -> tuple[Reply, Fault | None] | None:
        """Calls to get in, which are not of the API itself."""
        for take in (self.oauth.answer, self._door.log_in):
            if (reply := take(call)) is not None:
                fault = self.faults.draw("token", "")
                self._note(call, Routed("token"), reply, fault)
                return _changed(reply, fault, self.refusals), fault
        return None

    def _checked(self, call: Call, found: Routed, fault: Fault | None) -> Reply:
        if fault and fault.name == "expire":
            self.tokens.end("access", "session")
        early = self._early(fault) or self._door.refusal(call)
        if early is None and found.routes:
            early = self._door.elsewhere(call)
        if early is None and self.options.limits and (wait := self._limits.wait()) is not None:
            early = self.refusals.too_much(wait)
        if early is None and found.purpose in WRITES:
            early = self._csrf.refusal(call)
        return early or self._acted(call, found, fault)

    def _early(self, fault: Fault | None) -> Reply | None:
        """What is answered before anything is done."""
        if fault is None:
            return None
        if fault.name in ("429", "429_date"):
            return self.refusals.too_much(int(fault.seconds or 1), as_date="date" in fault.name)
        if fault.name in ("reset", "timeout"):
            return Reply(503)
        if fault.name.isdigit():
            return _server_error(int(fault.name), self.refusals)
        return None

    def _acted(self, call: Call, found: Routed, fault: Fault | None) -> Reply:
        if found.purpose in WRITES:
            return self._written(call, found, fault)
        if found.purpose in ("list", "lookup"):
            reply = self._reader.listed(call, found, stuck=bool(fault and fault.name == "stuck"))
        elif found.purpose == "files":
            reply = listed_files(call, found.routes, found.holes, self.rows)
        elif found.purpose == "get":
            reply = self._reader.one(found.first, found.row_id(call))
        else:
            reply = self._other(call, found)
        reply.headers.update(self._csrf.fetched(call))
        return reply

    def _other(self, call: Call, found: Routed) -> Reply:
        """Calls that the manifest knows besides its resources."""
        if found.purpose == "test" or self._csrf.asked(call):
            return Reply(200, {})
        return self.oauth.discovered(call) or self.refusals.missing(f"{call.method} {call.path}")

    def _written(self, call: Call, found: Routed, fault: Fault | None) -> Reply:
        route = found.first
        if route.purpose == "attach":
            return attach(call, route, found.holes, self.rows, self.refusals)
        if route.purpose == "create":
            refuse = self._refusal_of(fault, route) if fault else None
            reply, rows = self.writer.create(call, route, refuse=refuse)
        else:
            act = self.writer.change if route.purpose == "update" else self.writer.act
            reply, rows = act(call, route, found.row_id(call))
        done = "created" if route.purpose == "create" else "updated"
        for row in rows:
            name = fault.name if fault else ""
            self.webhooks.changed(route.shelf, route.resource, row, done=done, fault=name)
        return reply

    def _refusal_of(self, fault: Fault, route: Route) -> Reply | None:
        if fault.name != "refuse":
            return None
        message = fault.message or "A rule of this organisation forbids this record"
        return self.refusals.refusal(400, message, fault.code or "validation", spec=route.spec)

    def _note(self, call: Call, found: Routed, reply: Reply, fault: Fault | None) -> None:
        name = fault.name if fault else ""
        facts = (call.method, call.path, found.purpose, found.resource, reply.status, name)
        with self._noting:
            self.calls.append(Noted(*facts, self.clock.now()))
            told = [f"fault {name}"] if name else []
            self.counts.update([found.purpose or "unknown", *told])

    def type_in(self, resource: str, records: list[dict[str, Any]]) -> list[str]:
        """Put records in as if people had typed them; their ids."""
        shelf = self.target.shelf(resource)
        rows = []
        for record in records:
            whole = made_of_kind(deepcopy(record), shelf.specs[resource])
            with self.rows.lock:
                rows.append(self.rows.add(shelf, whole))
                self.rows.keep(rows[-1:])
            self.webhooks.changed(shelf, resource, rows[-1], done="created")
        return [row.id for row in rows]

    def type_over(self, resource: str, row_id: str, record: dict[str, Any]) -> None:
        """Change a record as if a person had: an invoice is paid, a supplier is closed."""
        shelf = self.target.shelf(resource)
        with self.rows.lock:
            row = self.rows.find(shelf, row_id)
            if row is None:
                raise KeyError(f"no {resource} {row_id!r} here")
            self.rows.change(shelf, row, record)
            self.rows.keep([row])
        self.webhooks.changed(shelf, resource, row, done="updated")

    def reset(self) -> None:
        """As it was at the start, without faults."""
        self._journal.drop(self.target.name)
        for part in (self.rows, self.writer, self.tokens, self.webhooks, self.calls, self.counts):
            part.clear()
        self.faults.clear()
        self.clock.shift = 0.0

    def shift(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.shift += seconds
        self._journal.put(self.target.name, [("clock", "shift", int(self.clock.shift))])

    def _load(self) -> None:
        for kind, name, value in self._journal.read(self.target.name):
            if kind == "row":
                self.rows.load(value)
            elif kind == "key":
                self.writer.load_key(name, value)
            elif kind == "token":
                self.tokens.load(name, value)
            elif kind == "webhook":
                self.webhooks.load(value)
            elif kind == "clock":
                self.clock.shift = float(value)

    def noted(self) -> list[dict[str, Any]]:
        """The calls that came, the oldest first."""
        with self._noting:
            return [asdict(each) for each in self.calls]


def _changed(reply: Reply, fault: Fault | None, refusals: Refusals) -> Reply:
    """An answer that says something else than what was done."""
    if fault and fault.name in AFTER and fault.name.endswith("_after"):
        status = fault.name.removesuffix("_after")
        return _server_error(int(status), refusals) if status.isdigit() else reply
    return reply


def _server_error(status: int, refusals: Refusals) -> Reply:
    return refusals.refusal(status, "Something went wrong here", "server_error")
