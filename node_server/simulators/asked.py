"""Which rows a call asks for: what it says in any of the ways that the manifest's calls say it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from node_server.simulators import conditions
from node_server.simulators.call import Call
from node_server.simulators.conditions import Condition, NotUnderstood
from node_server.simulators.described import Route, Shelf

_SELECT = re.compile(r"\s*select\b", re.IGNORECASE)
_ONLY_SINCE = "{since}"
_LISTS = ("[[", '["OR"')
_ONLY_HOLE = re.compile(r"\{(?:marker|field:[^{}]+)\}")
_ORDER = re.compile(r'\[(?:\s*\[\s*"\w+"\s*,\s*"(?:ASC|DESC)"\s*\]\s*,?)+\]')
_ORDERS = ("order", "$orderby", "orderby", "order_by", "sort")
_INFIX = re.compile(r"\{[^{}]+\}|(?:==|>=|<=|=|<|>)|\b(?:eq|gt|ge|lt|le)\b")


def conditions_of(call: Call, routes: Sequence[Route]) -> list[Condition]:
    """All that a row must meet; raises `NotUnderstood`."""
    found: list[Condition] = []
    for route in routes:
        found += _since(call, route.shelf)
    known, encoded = _declared(routes), _encoded(routes)
    for name, value in call.params.items():
        text = _decoded(value) if name in encoded else value
        found += of_param(name, text, known.get(name, ""))
    found += of_body(call.fields)
    return list(dict.fromkeys(found)) if all(map(_hashable, found)) else found


def table_of(call: Call) -> str:
    """The table that a query in the call names."""
    texts = (*call.params.values(), *(v for v in call.fields.values() if isinstance(v, str)))
    for text in texts:
        if _SELECT.match(text) and (found := re.search(r"\bfrom\s+(\w+)", text, re.IGNORECASE)):
            return found[1].lower()
    return ""


def order_of(call: Call) -> tuple[str, bool]:
    """The field by which rows are asked for, and whether the last come first."""
    text = next((call.params[name] for name in _ORDERS if name in call.params), "")
    field, _, way = text.partition(",")[0].strip().partition(" ")
    return field, way.strip().lower().startswith("desc")


def of_body(fields: Mapping[str, Any]) -> list[Condition]:
    """What the fields of a JSON body ask for: a query, or a domain."""
    found: list[Condition] = []
    for value in fields.values():
        if isinstance(value, str) and _SELECT.match(value):
            found += conditions.sql(value)
        elif isinstance(value, list) and _is_domain(value):
            found += conditions.triples(value)
        elif isinstance(value, list) and _is_filter(value):
            found += conditions.filters(value)
    return found


def of_param(name: str, value: str, template: str) -> list[Condition]:
    """What a parameter asks for; `template` is how the manifest writes its value."""
    if template == _ONLY_SINCE:
        return []
    if _SELECT.match(value):
        return conditions.sql(value)
    if _is_order(value):
        return []
    if value.startswith(_LISTS) or template.startswith(_LISTS):
        return conditions.triples(value)
    if found := conditions.bracketed(name, value):
        return found
    if template and _ONLY_HOLE.fullmatch(template):
        return [Condition(name.replace("[", ".").replace("]", ""), "=", value)]
    if name in ("$filter", "where", "q", "filter") or _is_infix(template):
        return conditions.infix(value)
    return []


def _since(call: Call, shelf: Shelf) -> Iterator[Condition]:
    """The rows changed since a time that stands alone in a parameter or a header."""
    spec = shelf.of("list").get("incremental", {})
    for name, template in spec.get("params", {}).items():
        value = call.params.get(name)
        if template == _ONLY_SINCE and value:
            op = ">" if re.search(r"\[(gt|after)\]$", name) else ">="
            yield Condition(shelf.stamp, op, value)
    for name, template in spec.get("headers", {}).items():
        value = call.header(name)
        if template == _ONLY_SINCE and value:
            yield Condition(shelf.stamp, ">=", value)


def _declared(routes: Sequence[Route]) -> dict[str, str]:
    """The parameters of these calls and how the manifest writes their values."""
    known: dict[str, str] = {}
    for route in routes:
        listed = route.shelf.of("list")
        for params in (listed.get("params", {}), route.spec.get("params", {})):
            known.update({name: str(value) for name, value in params.items()})
        known.update(listed.get("incremental", {}).get("params", {}))
        for spec in route.shelf.specs.values():
            lookup = spec.get("create", {}).get("idempotency", {}).get("lookup", {})
            known.update(lookup.get("params", {}))
    return known


def _encoded(routes: Sequence[Route]) -> set[str]:
    """The parameters of these calls that are base64url of JSON."""
    specs = [each for route in routes for each in (route.spec, route.shelf.of("list"))]
    return {name for spec in specs for name in spec.get("encode", {})}


def _decoded(text: str) -> str:
    try:
        return urlsafe_b64decode(text).decode()
    except ValueError:
        raise NotUnderstood(f"{text[:40]!r} is no base64url") from None


def _is_infix(template: str) -> bool:
    return "{" in template and len(_INFIX.findall(template)) > 1


def _is_domain(value: list[Any]) -> bool:
    return all(isinstance(each, list) and len(each) in (3, 4) for each in value)


def _is_order(text: str) -> bool:
    """Pairs of a field and a way: rows come by age anyway (Tryton)."""
    return _ORDER.fullmatch(text) is not None


def _is_filter(value: list[Any]) -> bool:
    return bool(value) and all(
        isinstance(each, dict) and all(str(name).startswith("$") for name in each) for each in value
    )


def _hashable(condition: Condition) -> bool:
    return isinstance(condition.value, str | int | bool | tuple | None)
