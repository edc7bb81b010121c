"""What the other system tells of the account once it has let us in: realm, tenant, company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors._transport import Request, TransportError
from connectors._transport.picking import pick
from node_server.errors import Refusal
from node_server.operations.calling import Answered, Target, open_caller
from node_server.operations.connecting.connections import check
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.store import clock, connections
from node_server.store.connections import Connection

_MOST = 100


def of_callback(target: Target, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a callback that the connection keeps, by the variable's name."""
    entry = target.entry("oauth2_code")
    known = target.known_variables()
    named = {name: _variable(name, known) for name in entry.get("callback_params", ())}
    return {
        variable: given[name]
        for name, variable in named.items()
        if variable and name in given and target.fits(variable, given[name])
    }


def _variable(parameter: str, known: Mapping[str, Any]) -> str | None:
    """`realmId` is the variable `realm`, where none is called `realmId`."""
    names = (parameter, parameter.removesuffix("Id"), parameter.removesuffix("_id"))
    return next((name for name in names if name in known), None)


def choices(house: House, row: Connection) -> list[dict[str, Any]]:
    """The accounts that were agreed to, each with its title and the variables that mean it."""
    target = target_of(house, row)
    entry = next((e for e in target.connector.manifest.get("auth", ()) if "discover" in e), None)
    if entry is None:
        return []
    stated = entry["discover"]
    with open_caller(house, row.tenant, row.id) as caller:
        request = Request("GET", target.discover_url(entry), {"Accept": "application/json"})
        try:
            answer = caller.send(request, purpose="discover")
            tree = answer.json()
        except TransportError as error:
            raise Refusal(502, "target_failed", f"accounts not told: {error.message}") from error
        if not answer.ok:
            raise Answered(answer, target.api, {})
    items = pick(tree, stated.get("items", "").strip("."))
    return list(_read(items if isinstance(items, list) else [items], stated))[:_MOST]


def _read(items: list[Any], stated: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in items:
        found = {name: pick(item, path) for name, path in stated["variables"].items()}
        if all(isinstance(value, (str, int)) for value in found.values()):
            title = pick(item, stated["title"]) if "title" in stated else None
            variables = {name: str(value) for name, value in found.items()}
            yield {"title": str(title or ", ".join(variables.values())), "variables": variables}


def keep(house: House, row: Connection, variables: Mapping[str, str]) -> Connection:
    """The connection with further variables."""
    if not variables:
        return row
    known = row.settings.get("variables", {})
    settings = {**row.settings, "variables": {**known, **variables}}
    new = replace(row, settings=settings, updated_at=clock.stamp())
    check(house, new)
    with house.store.writing(f"connections:{row.tenant}") as transaction:
        connections.replace(transaction, new)
    return new
