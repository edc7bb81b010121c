"""Which call of the manifest a request is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from node_server.simulators.asked import table_of
from node_server.simulators.attaching import is_named
from node_server.simulators.call import Call
from node_server.simulators.described import Route, Target
from node_server.simulators.kinds import likeliest
from node_server.simulators.places import at, holes_of
from node_server.simulators.writing import record_steps

_READS = {"list", "lookup"}


@dataclass(frozen=True)
class Routed:
    """The calls that a request can be, the likeliest first, and what fills the holes of its path.

    More than one where several look-ups are the same call (a query over all transactions).
    """

    purpose: str = ""
    resource: str = ""
    routes: list[Route] = field(default_factory=list)
    holes: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> Route:
        """The likeliest."""
        return self.routes[0]

    def row_id(self, call: Call) -> str:
        """The id of the record that is meant: in the path, or where the manifest's body has it."""
        if "id" in self.holes:
            return self.holes["id"]
        for name, value in self.first.spec.get("body", {}).items():
            if "id" in holes_of(value):
                found = call.fields.get(name)
                return str(found[0] if isinstance(found, list) and found else found or "")
        return str(at(call.tree, self.first.shelf.id_steps) or "")


def routed(target: Target, call: Call) -> Routed:
    """The manifest's calls that a request can be, those of the table that it names."""
    nothing = Routed("test" if is_test(target, call) else "")
    if not call.path.startswith(target.base_path):
        return nothing
    rest, table = call.path[len(target.base_path) :], table_of(call)
    found = [
        (route, match.groups())
        for route in target.routes
        if route.method == call.method
        and (match := route.path.fullmatch(rest))
        and route.table in ("", table)
    ]
    if not found:
        return nothing
    first, groups = found[0]
    same = [r for r, _ in found if r is first or {r.purpose, first.purpose} <= _READS]
    same.sort(key=lambda route: route.purpose != "list")
    alike = [route for route, _ in found if route.purpose == first.purpose]
    if first.purpose == "attach":
        same = [next((r for r in alike if is_named(call, r.spec)), first)]
    elif first.purpose == "files":
        same = alike
    elif first.purpose == "create" and len(alike) > 1:
        same = [likeliest(alike, at(call.tree, record_steps(call.tree, first.spec)))]
    values = (value.replace("\u2215", "/") for value in groups)
    holes = dict(zip(first.holes, values, strict=True))
    return Routed(same[0].purpose, same[0].resource, same, holes)


def is_test(target: Target, call: Call) -> bool:
    """Whether it is the call that only asks whether the connection works."""
    path = target.fill(str(target.api.get("test", ""))).partition("?")[0]
    return bool(path) and call.path == f"{target.base_path}{path}"
