"""Creating and changing records, with what the target does against a second creation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from node_server.simulators.call import Call, Refused, Reply
from node_server.simulators.clock import Clock
from node_server.simulators.conditions import value_at
from node_server.simulators.described import Route, Shelf, Spec
from node_server.simulators.places import Step, at, holes_of, put, put_steps, split, steps_of
from node_server.simulators.refusals import Refusals
from node_server.simulators.rows import Row, Rows, version_of

Done: TypeAlias = tuple[Reply, list[Row]]
"""An answer, and the rows that were changed."""

_ALTERED = "This key was used for another payload before"


class Writer:
    """The five classes of idempotency over the rows of one system."""

    def __init__(self, rows: Rows, refusals: Refusals, clock: Clock) -> None:
        self._rows, self._refusals, self._clock = rows, refusals, clock
        self._keys: dict[str, dict[str, Any]] = {}

    def load_key(self, name: str, value: dict[str, Any]) -> None:
        """A used key as the journal kept it."""
        self._keys[name] = value

    def clear(self) -> None:
        """Forget the keys."""
        self._keys = {}

    def create(self, call: Call, route: Route, *, refuse: Reply | None = None) -> Done:
        """A create, which may be an update, a replay or a conflict. `refuse` is a fault.

        Beside the answer stand the rows that were changed: none by a replay.
        """
        spec = route.spec.get("idempotency", {"class": "none"})
        with self._rows.lock:
            key = key_of(call, spec)
            name = f"{route.shelf.name}/{key}"
            if key and (known := self._remembered(name, spec)):
                return self._again(call, route, known), []
            reply, rows = self._made(call, route, key, refuse)
            kept = {
                "at": self._clock.kept(),
                "print": _fingerprint(call),
                "reply": reply.kept(),
                "id": rows[0].id if rows else "",
            }
            keeps = bool(key) and (reply.ok or spec.get("keeps_refusals", False))
            self._rows.keep(rows, [("key", name, kept)] if keeps else [])
            if keeps:
                self._keys[name] = kept
            return reply, rows

    def _made(self, call: Call, route: Route, key: str, refuse: Reply | None) -> Done:
        if refuse is not None:
            return refuse, []
        try:
            rows = [self._one(call, route, body, key) for body in bodies_of(call.tree, route.spec)]
        except Refused as refused:
            return refused.reply, []
        return created(call, route, rows), rows

    def _one(self, call: Call, route: Route, body: Any, key: str) -> Row:
        shelf, spec = route.shelf, route.spec
        record = at(body, record_steps(body, spec))
        if not isinstance(record, dict):
            raise Refused(self._refusals.refusal(400, "A JSON object is needed", spec=spec))
        given = at(record, shelf.id_steps)
        if given not in (None, "") and (row := self._rows.find(shelf, str(given))):
            return self._same_id(call, route, row, record)
        idempotency = spec.get("idempotency", {})
        payload = body.get(spec["wrap"], body) if "wrap" in spec else body
        business = business_key(payload, idempotency)
        kind = idempotency.get("class", "none")
        first = self._rows.of_business(shelf, business) if business else None
        if first and kind == "upsert":
            self._rows.change(shelf, first, record)
            return first
        if first and kind == "unique":
            message = f"{_last_name(idempotency)} is already used by {first.id}"
            raise Refused(self._refusals.conflict(spec, first.id, message))
        self._check_unique(shelf, spec, record)
        kept = business if kind in ("upsert", "unique") else ""
        return self._rows.add(shelf, record, key=key, business=kept)

    def _same_id(self, call: Call, route: Route, row: Row, record: dict[str, Any]) -> Row:
        """A create with the id of a record that is there: a change only where it is meant as one.

        QuickBooks changes by its create, with the version that is held.
        """
        last = split(str(route.spec.get("version", "")))[1]
        is_meant = last is not None and at(record, (last,)) is not None
        if is_meant or route.spec.get("idempotency", {}).get("class") == "upsert":
            return self._changed(call, route, row, record)
        said = f"There is a record {row.id} already"
        raise Refused(self._refusals.conflict(route.spec, row.id, said))

    def _check_unique(self, shelf: Shelf, spec: Spec, record: dict[str, Any]) -> None:
        """Fields that must differ between all records, whatever the class."""
        for rule in spec.get("unique", ()):
            if any(value_at(record, p) != v for p, v in rule.get("when", {}).items()):
                continue
            wanted = [value_at(record, path) for path in rule["fields"]]
            if any(value in (None, "") for value in wanted):
                continue
            for row in self._rows.alike(shelf, rule["fields"][0], wanted[0]):
                if [value_at(row.record, path) for path in rule["fields"]] == wanted:
                    said = f"{' and '.join(rule['fields'])} is used already"
                    code = str(rule.get("code", "duplicate"))
                    status = int(rule.get("status", 400))
                    raise Refused(self._refusals.refusal(status, said, code, spec=spec))

    def _remembered(self, name: str, spec: Spec) -> dict[str, Any] | None:
        """What is known of a key, while the target remembers it."""
        known = self._keys.get(name)
        window = spec.get("window")
        if known is None or spec.get("class") not in ("replay", "reject"):
            return None
        over = window is not None and self._clock.kept() - known["at"] > window * 1000
        return None if over else known

    def _again(self, call: Call, route: Route, known: dict[str, Any]) -> Reply:
        spec = route.spec["idempotency"]
        if spec["class"] == "reject":
            said = "This was created before with the same key"
            return self._refusals.conflict(route.spec, known["id"], said)
        if known["print"] != _fingerprint(call) and spec.get("altered", "refuse") == "refuse":
            return self._refusals.refusal(400, _ALTERED, "idempotency_key_reused", spec=route.spec)
        return Reply(**deepcopy(known["reply"]))

    def change(self, call: Call, route: Route, row_id: str) -> Done:
        """An update of a record."""
        with self._rows.lock:
            row = self._rows.find(route.shelf, row_id)
            if row is None:
                return self._refusals.missing(row_id), []
            record = at(call.tree, record_steps(call.tree, route.spec))
            try:
                self._changed(call, route, row, record if isinstance(record, dict) else {})
            except Refused as refused:
                return refused.reply, []
            self._rows.keep([row])
            return created(call, route, [row]), [row]

    def _changed(self, call: Call, route: Route, row: Row, record: dict[str, Any]) -> Row:
        self._check_version(call, route, row, record)
        self._rows.change(route.shelf, row, record)
        return row

    def _check_version(self, call: Call, route: Route, row: Row, record: dict[str, Any]) -> None:
        """A version that is sent along must be the one that is held."""
        path = str(route.shelf.of("create").get("version", ""))
        last = split(path)[1]
        held = at(row.record, (last,)) if last else None
        match = call.header("If-Match")
        sent = match if match not in ("", "*") else at(record, (last,)) if last else None
        if sent is not None and held is not None and str(sent) != str(held):
            said = f"The record was changed meanwhile; its version is {held}"
            code = 412 if match else 409
            raise Refused(self._refusals.refusal(code, said, "stale_version", spec=route.spec))

    def act(self, call: Call, route: Route, row_id: str) -> Done:
        """An action or a void: once for each record."""
        name = route.action or "void"
        with self._rows.lock:
            row = self._rows.find(route.shelf, row_id)
            if row is None:
                return self._refusals.missing(row_id), []
            if name in row.done and _is_repeatable(route.spec):
                return _acted(call, route, row), []
            if name in row.done:
                said = f"{row_id} went through {name} already"
                return self._refusals.refusal(400, said, "already_done", spec=route.spec), []
            row.done.append(name)
            self._rows.change(route.shelf, row, {})
            self._rows.keep([row])
        return _acted(call, route, row), [row]


def _is_repeatable(spec: Spec) -> bool:
    """Whether a step that was taken is passed over in silence."""
    return bool(spec.get("idempotency", {}).get("class") == "upsert")


def _acted(call: Call, route: Route, row: Row) -> Reply:
    return Reply(204) if "id" not in route.spec else created(call, route, [row])


def key_of(call: Call, spec: Spec) -> str:
    """The idempotency key of a call."""
    place = spec.get("key", {})
    name = str(place.get("name", ""))
    where = place.get("in", "")
    if where == "header":
        return call.header(name)
    if where == "query":
        return call.params.get(name, "")
    return str(at(call.tree, steps_of(name)) or "") if where == "body" else ""


def bodies_of(tree: Any, spec: Spec) -> Iterator[Any]:
    """A body with several records as bodies with one each."""
    steps = record_steps(tree, spec)
    rows = at(tree, steps[:-1]) if steps and steps[-1] == 0 else None
    if not isinstance(rows, list) or len(rows) < 2:
        yield tree
        return
    for row in rows:
        yield put_steps(deepcopy(tree), steps[:-1], [row])


def record_steps(tree: Any, spec: Spec) -> tuple[Step, ...]:
    """Where in a body the record is: where its id comes back, or its marker stands, or the body."""
    marker = str(spec.get("idempotency", {}).get("marker", {}).get("path", ""))
    wrap = (spec["wrap"],) if "wrap" in spec else ()
    for steps in (wrap, split(str(spec.get("id", "")))[0], split(marker)[0]):
        if steps and isinstance(at(tree, steps), dict):
            return steps
    return ()


def business_key(body: Any, spec: Spec) -> str:
    """The values that make a record the same one: the marker, and what look-ups compare."""
    marker = str(spec.get("marker", {}).get("path", ""))
    lookup = spec.get("lookup", {})
    asked = [lookup.get("params", {}), lookup.get("body", {}), lookup.get("match", {})]
    names = {name.removeprefix("field:") for name in holes_of(asked) if name.startswith("field:")}
    paths = sorted(names | ({marker} if marker else set()))
    values = [at(body, steps_of(path)) for path in paths]
    if not values or at(body, steps_of(marker)) in (None, ""):
        return ""
    return json.dumps(values, default=str)


def created(call: Call, route: Route, rows: list[Row]) -> Reply:
    """The answer to a create: the record where the manifest reads the id and the version."""
    spec = route.spec
    if "id" not in spec:
        header = str(spec.get("id_header", "Location"))
        where = call.url.partition("?")[0].rstrip("/")
        return Reply(204, None, {header: f"{where}/{rows[0].id}"})
    holder, last = split(spec["id"])
    ids = [at(row.record, route.shelf.id_steps) for row in rows]
    if not isinstance(last, str):
        return Reply(200, put_steps({}, holder, ids))
    records = [deepcopy(row.record) for row in rows]
    tree: Any = put_steps({}, holder, records[0])
    if holder and isinstance(holder[-1], int):
        tree = put_steps({}, holder[:-1], records)
    for path, value in _told(spec, rows[0]):
        if at(tree, steps_of(path)) is None:
            tree = put(tree, path, value)
    return Reply(200 if spec.get("method") == "PUT" else 201, tree)


def _told(spec: Spec, row: Row) -> Iterator[tuple[str, Any]]:
    """Further places of the answer that the manifest reads."""
    if "version" in spec:
        yield spec["version"], version_of(spec["version"], row.version)
    if "success" in spec:
        yield spec["success"], True
    if "url" in spec:
        yield spec["url"], f"https://app.example/{row.shelf}/{row.id}"


def _last_name(spec: Spec) -> str:
    return str(split(spec.get("marker", {}).get("path", ""))[1] or "the key")


def _fingerprint(call: Call) -> str:
    text = f"{call.method} {call.path} ".encode() + call.body
    return hashlib.sha256(text).hexdigest()
