"""The target's own lists of suppliers, accounts, tax codes and the like, read for suggestions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors import write_json
from connectors._transport import TransportError
from connectors._transport.picking import pick
from node_server.errors import Refusal
from node_server.operations.calling import Caller, open_caller
from node_server.operations.house import House
from node_server.store import clock, crosswalks


def read(house: House, tenant: str, connection_id: str) -> dict[str, int]:
    """Read every list of masters that the manifest knows; how many of each kind there are."""
    with open_caller(house, tenant, connection_id) as caller:
        lists = dict(_lists(caller))
        if not lists:
            message = f"the manifest of {caller.connector.name} names no masters"
            raise Refusal(422, "not_listed", message)
        try:
            found = {kind: _rows(caller, specs) for kind, specs in lists.items()}
        except TransportError as error:
            raise Refusal(502, "target_failed", str(error), retriable=True) from error
    return {kind: _keep(house, tenant, connection_id, kind, rows) for kind, rows in found.items()}


def _lists(caller: Caller) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The resources of each kind: vendors and employees may both be suppliers."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for spec in caller.connector.manifest["resources"].values():
        if "master" in spec and "list" in spec:
            stated = spec["master"]["kind"]
            for kind in [stated] if isinstance(stated, str) else stated:
                kinds.setdefault(kind, []).append(spec)
    yield from kinds.items()


def _rows(caller: Caller, specs: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {}
    for spec in specs:
        master = spec["master"]
        for row in caller.rows(spec["list"], purpose="masters"):
            target, label = pick(row, master["id"]), pick(row, master["name"])
            if target is not None:
                found[str(target)] = _entry(
                    master, row, str(label if label is not None else target)
                )
    return found


def _entry(master: Mapping[str, Any], row: Any, label: str) -> dict[str, Any]:
    further = [pick(row, path) for path in master.get("match", ())]
    entry = {"label": label, "match": [str(each) for each in further if each not in (None, "")]}
    named = {scheme: pick(row, path) for scheme, path in master.get("ids", {}).items()}
    ids = {scheme: str(value) for scheme, value in named.items() if value not in (None, "")}
    return entry | ({"ids": ids} if ids else {})


def _keep(
    house: House, tenant: str, connection_id: str, kind: str, found: dict[str, dict[str, Any]]
) -> int:
    now = clock.stamp()
    rows = [
        {
            "tenant": tenant,
            "connection_id": connection_id,
            "name": kind,
            "target": target,
            "label": entry["label"],
            "entry": write_json(entry),
            "pulled_at": now,
        }
        for target, entry in found.items()
    ]
    with house.store.writing(f"masters:{tenant}:{connection_id}") as transaction:
        crosswalks.replace_masters(transaction, tenant, connection_id, kind, rows)
    return len(rows)
