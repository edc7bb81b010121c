"""A target as its manifest describes it: kinds of records, and the calls that reach them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from node_server.simulators.places import Step, filled, split, steps_of

Spec = Mapping[str, Any]

_FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
_USUAL_ID: tuple[Step, ...] = ("id",)


@dataclass(frozen=True)
class Shelf:
    """Records of one kind. Resources that share calls (invoices and returns) share a shelf."""

    name: str
    resources: tuple[str, ...]
    specs: Mapping[str, Spec]
    usual_id: tuple[Step, ...] = _USUAL_ID

    def of(self, key: str) -> Spec:
        """The first `create`, `list`, `get` and so on that one of its resources has."""
        return next((spec[key] for spec in self.specs.values() if key in spec), {})

    @cached_property
    def id_steps(self) -> tuple[Step, ...]:
        """Where a row carries its id."""
        last = split(str(self.of("create").get("id", "")))[1]
        lookup = self.of("create").get("idempotency", {}).get("lookup", {})
        if isinstance(last, str):
            return (last,)
        cursor = self.of("list").get("paging", {}).get("cursor_of_row", "")
        return steps_of(lookup.get("id", "")) or steps_of(cursor) or self.usual_id

    @cached_property
    def stamp(self) -> str:
        """Path in a row of the time of its change."""
        return str(self.of("list").get("incremental", {}).get("field", ""))

    @cached_property
    def stamp_form(self) -> str:
        """How that time is written."""
        return str(self.of("list").get("incremental", {}).get("format", "rfc3339"))


@dataclass(frozen=True)
class Route:
    """One call of the manifest."""

    purpose: str
    method: str
    path: re.Pattern[str]
    holes: tuple[str, ...]
    shelf: Shelf
    spec: Spec
    resource: str
    action: str = ""

    @cached_property
    def table(self) -> str:
        """The table that a query language names in it, where one does."""
        return _table_of(self.spec)

    @cached_property
    def paged_like(self) -> bool:
        """Whether it is the list's own call, and so comes in its pages."""
        paths = (str(spec.get("path", "")) for spec in (self.shelf.of("list"), self.spec))
        listed, own = (path.partition("?")[0] for path in paths)
        return listed == own


@dataclass(frozen=True)
class Target:
    """Everything that the simulator knows of a system."""

    name: str
    manifest: Mapping[str, Any]
    own_variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> Spec:
        """Where and how it is reached."""
        found: Spec = self.manifest["api"]
        return found

    @property
    def auth(self) -> list[Spec]:
        """The ways to be let in."""
        return list(self.manifest.get("auth", [{"kind": "none"}]))

    @cached_property
    def variables(self) -> dict[str, str]:
        """What a connection must say: the manifest's examples, unless told otherwise."""
        known = {
            name: str(each.get("default") or each.get("example") or name)
            for name, each in self.api.get("variables", {}).items()
        }
        return {**known, **self.own_variables}

    def fill(self, text: str) -> str:
        """A text of the manifest with the connection's variables put in."""
        return filled(text, self.variables.get)

    @cached_property
    def base_path(self) -> str:
        """The path of the base URL, variables put in."""
        return urlsplit(self.fill(self.api["base_url"])).path.rstrip("/")

    @cached_property
    def shelves(self) -> tuple[Shelf, ...]:
        """The kinds of records, in the order of the manifest."""
        groups: dict[str, list[str]] = {}
        places: dict[str, str] = {}
        for resource, spec in self.manifest["resources"].items():
            marks = list(_marks(spec)) or [resource]
            name = next((places[mark] for mark in marks if mark in places), resource)
            groups.setdefault(name, []).append(resource)
            places.update(dict.fromkeys(marks, name))
        return tuple(self._shelf(name, members) for name, members in groups.items())

    def _shelf(self, name: str, members: list[str]) -> Shelf:
        resources = self.manifest["resources"]
        specs = {member: resources[member] for member in members}
        return Shelf(name, tuple(members), specs, self._usual_id)

    @cached_property
    def _usual_id(self) -> tuple[Step, ...]:
        """The name of ids in this system, where all its creates agree on one."""
        creates = (spec.get("create", {}) for spec in self.manifest["resources"].values())
        lasts = {split(str(each["id"]))[1] for each in creates if "id" in each}
        only = lasts.pop() if len(lasts) == 1 else None
        return (only,) if isinstance(only, str) else _USUAL_ID

    def shelf(self, resource: str) -> Shelf:
        """The shelf of a resource; `KeyError` where the manifest has none of that name."""
        return next((each for each in self.shelves if resource in each.resources), None) or _none(
            resource, [name for each in self.shelves for name in each.resources]
        )

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every call, those with fewer holes in their path first."""
        found = [route for shelf in self.shelves for route in self._routes_of(shelf)]
        return tuple(sorted(found, key=lambda route: (len(route.holes), route.purpose)))

    def _routes_of(self, shelf: Shelf) -> Iterator[Route]:
        for resource, spec in shelf.specs.items():
            for purpose in ("list", "get", "create", "update", "void", "attach"):
                if purpose in spec and speaks_json(spec[purpose]):
                    yield self._route(purpose, spec[purpose], shelf, resource)
            if lookup := spec.get("create", {}).get("idempotency", {}).get("lookup"):
                yield self._route("lookup", lookup, shelf, resource)
            if lookup := spec.get("attach", {}).get("idempotency", {}).get("lookup"):
                yield self._route("files", lookup, shelf, resource)
            for name, action in spec.get("actions", {}).items():
                yield self._route("action", action, shelf, resource, name)

    def _route(
        self, purpose: str, spec: Spec, shelf: Shelf, resource: str, action: str = ""
    ) -> Route:
        usual = "GET" if purpose in ("list", "get", "lookup", "files") else "POST"
        text = self.fill(str(spec["path"]).partition("?")[0])
        pieces = re.split(r"\{([^{}]+)\}", text)
        holes = tuple(pieces[1::2])
        pattern = "([^/]+?)".join(re.escape(unquote(piece)) for piece in pieces[::2])
        method = str(spec.get("method", usual))
        return Route(
            purpose, method, re.compile(f"{pattern}/?"), holes, shelf, spec, resource, action
        )


def speaks_json(spec: Spec) -> bool:
    """Whether a call carries JSON: bodies in XML or forms are not understood here."""
    return "json" in str(spec.get("content_type", "json"))


def _marks(spec: Spec) -> Iterator[str]:
    """What makes two resources the same kind of record: an equal list, create or get."""
    if "list" in spec:
        listed = spec["list"]
        yield f"list {listed['path']} {_table_of(listed)}"
    if "create" in spec:
        yield f"create {spec['create']['path']}"
    if "get" in spec:
        yield f"get {spec['get']['path']}"


def _table_of(spec: Spec) -> str:
    texts = (*spec.get("params", {}).values(), *spec.get("body", {}).values())
    found = (_FROM.search(text) for text in texts if isinstance(text, str))
    return next((each[1].lower() for each in found if each), "")


def _none(resource: str, known: list[str]) -> Shelf:
    raise KeyError(f"no resource {resource!r}; there are {', '.join(known)}")
