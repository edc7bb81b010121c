"""Policies, decisions and approvals as callers see them."""

from __future__ import annotations

from typing import Any

from canonical_model import wire
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.governing.in_force import Version, in_force, of_name, version_of
from node_server.operations.governing.reading import policy_of
from node_server.operations.governing.trail import decision_shown
from node_server.operations.house import House
from node_server.store import decisions, policies
from node_server.store.policies import PROPOSED, Row

_ROW = (
    *("number", "version", "action", "state", "hash", "why"),
    *("proposed_by", "proposed_at", "decided_by", "decided_at", "reason"),
)


def shown(row: Row) -> dict[str, Any]:
    """A version without its text."""
    policy = policy_of(row["body"])
    effective = wire.to_plain(policy.effective)
    reach = wire.to_plain(policy.applies_to) if policy.applies_to is not None else None
    said = {"policy": row["name"], "title": policy.title, "effective": effective or None}
    said |= {"applies_to": reach} | {name: row[name] for name in _ROW}
    return {name: value for name, value in said.items() if value is not None}


def overview(house: House, tenant: str) -> dict[str, Any]:
    """Each policy with the version that counts today, and what is proposed."""
    with house.store.reading() as connection:
        rows = policies.versions(connection, tenant)
        counting = {each.name: each for each in in_force(connection, tenant)}
    names = dict.fromkeys(row["name"] for row in rows)
    data = [_about(name, [r for r in rows if r["name"] == name], counting) for name in names]
    return {"data": data, "has_more": False}


def _about(name: str, rows: list[Row], counting: dict[str, Version]) -> dict[str, Any]:
    last = version_of(rows[-1]).policy
    found = counting.get(name)
    said = {
        "policy": name,
        "title": (found.policy if found else last).title,
        "versions": len(rows),
        "in_force": shown(found.row) if found else None,
        "proposed": [row["number"] for row in rows if row["state"] == PROPOSED],
    }
    return {key: value for key, value in said.items() if value is not None}


def versions(house: House, tenant: str, name: str) -> dict[str, Any]:
    """Every version of a policy, the first one first."""
    with house.store.reading() as connection:
        rows = policies.versions(connection, tenant, name)
    if not rows:
        raise Refusal(404, "not_found", f"there is no policy {name[:60]!r}")
    return {"data": [shown(row) for row in rows], "has_more": False}


def version(house: House, tenant: str, name: str, number: int) -> dict[str, Any]:
    """One version: as it was written, and as it is read."""
    with house.store.reading() as connection:
        row = policies.get(connection, tenant, name, number)
    if row is None:
        raise Refusal(404, "not_found", "there is no such version of a policy")
    text = row["body"].decode("utf-8-sig")
    return shown(row) | {"source": text, "content": wire.to_plain(policy_of(row["body"]))}


def chosen(house: House, tenant: str, name: str, number: int | None) -> Version:
    """A version by its number; without one that which counts today."""
    with house.store.reading() as connection:
        if number is None:
            found = of_name(connection, tenant, name)
        else:
            row = policies.get(connection, tenant, name, number)
            found = None if row is None else version_of(row)
    if found is None:
        what = "no version of it is in force" if number is None else f"there is no number {number}"
        raise Refusal(404, "not_found", f"policy {name[:60]!r}: {what}")
    return found


def list_decisions(
    house: House, tenant: str, filters: dict[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of decisions, oldest first."""
    after = position(cursor)
    with house.store.reading() as connection:
        rows = decisions.page(connection, tenant, filters, after=after, limit=limit + 1)
    shown_rows = [decision_shown(row) for row in rows[:limit]]
    return page_of(shown_rows, limit, rows[limit - 1]["position"] if len(rows) > limit else None)
