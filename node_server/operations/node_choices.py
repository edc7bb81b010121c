"""What an editor's lists offer: each choice with a name to show, a value, and a line about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import connectors
from canonical_model.documents import KINDS
from canonical_model.events import EVENTS
from node_server.auth import Principal, roles_that_may
from node_server.errors import Refusal
from node_server.operations.connecting import connections
from node_server.operations.documents import list_documents
from node_server.operations.entities import list_entities
from node_server.operations.house import House

_MOST = 100
Asked = Mapping[str, Any]
Choices = list[dict[str, str]]


def choices(house: House, who: Principal, name: str, asked: Asked) -> dict[str, Any]:
    """One list, narrowed to what was searched for; with a cursor where there is more."""
    if name not in _LISTS:
        known = ", ".join(_LISTS)
        raise Refusal(404, "not_found", f"there is no list {name[:40]!r}; there are {known}")
    permission, made = _LISTS[name]
    if permission not in who.permissions:
        roles = ", ".join(roles_that_may(permission))
        raise Refusal(403, "forbidden", f"this list needs one of the roles {roles}")
    found, cursor = made(house, who.tenant, asked)
    page: dict[str, Any] = {"data": found, "has_more": cursor is not None}
    return page | ({"next_cursor": cursor} if cursor else {})


def _choice(value: str, name: str = "", says: str = "") -> dict[str, str]:
    made = {"name": name or value.replace("_", " ").title(), "value": value}
    return made | ({"description": says} if says else {})


def _searched(found: Iterable[dict[str, str]], asked: Asked) -> tuple[Choices, str | None]:
    wanted = (asked.get("search") or "").casefold()
    shown = [each for each in found if wanted in f"{each['name']} {each['value']}".casefold()]
    return sorted(shown, key=lambda each: each["name"].casefold()), None


def _connectors(direction: str) -> Callable[[House, str, Asked], tuple[Choices, str | None]]:
    def made(house: House, tenant: str, asked: Asked) -> tuple[Choices, str | None]:
        there = connectors.pack(house.overlay_of(tenant)).connectors.values()
        return _searched(
            (_choice(each.name, each.manifest["title"]) for each in there
             if each.map_names(direction)), asked,
        )  # fmt: skip

    return made


def _resources(wanted: str) -> Callable[[House, str, Asked], tuple[Choices, str | None]]:
    def made(house: House, tenant: str, asked: Asked) -> tuple[Choices, str | None]:
        name = asked.get("connector") or _connector_of(house, tenant, asked.get("connection"))
        if not name:
            return [], None
        found = connectors.pack(house.overlay_of(tenant))[name]
        stated = found.manifest["resources"]
        names = found.map_names(wanted) if wanted in ("read", "write") else stated
        return _searched(
            (_choice(each, str(stated.get(each, {}).get("title") or ""))
             for each in names if wanted in ("read", "write") or wanted in stated[each]), asked,
        )  # fmt: skip

    return made


def _connector_of(house: House, tenant: str, connection: str | None) -> str:
    return connections.found(house, tenant, connection).connector if connection else ""


def _connections(house: House, tenant: str, asked: Asked) -> tuple[Choices, str | None]:
    page = connections.page(house, tenant, after=asked.get("cursor") or "", limit=_MOST)
    wanted = asked.get("connector")
    rows = [each for each in page["data"] if wanted in (None, "", each["connector"])]
    found = [_choice(each["id"], f"{each['name']} ({each['connector']})") for each in rows]
    return _searched(found, asked)[0], page.get("next_cursor")


def _documents(house: House, tenant: str, asked: Asked) -> tuple[Choices, str | None]:
    searched = asked.get("search")
    filters = {"number": searched} if searched else {}
    page = list_documents(house, tenant, filters, cursor=asked.get("cursor"), limit=_MOST)
    return [_document(each) for each in page["data"]], page.get("next_cursor")


def _document(head: Mapping[str, Any]) -> dict[str, str]:
    kind = head["kind"].replace("_", " ")
    parts = (kind, head.get("number"), head.get("counterparty"), head.get("amount"))
    name = " · ".join(part for part in (*parts, head.get("currency"), head["state"]) if part)
    return _choice(head["id"], name)


def _entities(house: House, tenant: str, asked: Asked) -> tuple[Choices, str | None]:
    rows = list_entities(house, tenant)
    return _searched((_choice(each["id"], each.get("name") or each["id"]) for each in rows), asked)


def _kinds(_house: House, _tenant: str, asked: Asked) -> tuple[Choices, str | None]:
    return _searched((_choice(each) for each in KINDS), asked)


def _events(_house: House, _tenant: str, asked: Asked) -> tuple[Choices, str | None]:
    return _searched((_choice(each) for each in EVENTS), asked)


_LISTS: dict[str, tuple[str, Callable[[House, str, Asked], tuple[Choices, str | None]]]] = {
    "readers": ("map", _connectors("read")),
    "writers": ("map", _connectors("write")),
    "read": ("map", _resources("read")),
    "written": ("map", _resources("write")),
    "pulled": ("map", _resources("list")),
    "posted": ("map", _resources("create")),
    "connections": ("post", _connections),
    "documents": ("read", _documents),
    "entities": ("read", _entities),
    "kinds": ("map", _kinds),
    "events": ("read", _events),
}
