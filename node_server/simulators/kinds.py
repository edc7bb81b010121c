"""Telling the resources of one shelf apart: by what the manifest's list of each always asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from node_server.simulators.asked import of_body, of_param
from node_server.simulators.conditions import Condition, value_at
from node_server.simulators.described import Route, Spec
from node_server.simulators.places import holes_of, put


def conditions_of_kind(spec: Spec) -> list[Condition]:
    """What every row of a resource meets: conditions of its list without anything to fill in."""
    listed = spec.get("list", {})
    params = {n: t for n, t in listed.get("params", {}).items() if not holes_of(t)}
    body = {n: t for n, t in listed.get("body", {}).items() if not holes_of(t)}
    found = [each for name, text in params.items() for each in of_param(name, str(text), "")]
    return found + of_body(body)


def made_of_kind(record: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """A record that a person types in as this resource, whatever fields were left out."""
    for condition in conditions_of_kind(spec):
        first = condition.value[0] if condition.op == "in" else condition.value
        if condition.op in ("=", "in") and value_at(record, condition.path) is None:
            record = put(record, condition.path, first)
    return record


def likeliest(routes: Sequence[Route], record: Any) -> Route:
    """Of several resources with one create, the one whose list the record would stand in."""
    if isinstance(record, Mapping):
        for route in routes:
            wanted = conditions_of_kind(route.shelf.specs[route.resource])
            if wanted and all(each.holds(record) for each in wanted):
                return route
    return routes[0]
