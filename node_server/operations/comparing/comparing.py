"""Comparing two connections: read anew if wanted, kept, told, and held for where it matters."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from canonical_model import wire
from canonical_model.controls.agreement import Agreement, Disagreement, disagreements
from canonical_model.controls.reconciliation import ReconciliationPolicy
from node_server.auth import Principal
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.comparing.sides import Side, side
from node_server.operations.control_settings import in_force
from node_server.operations.entities import context_of
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.pulling import pulling
from node_server.store import clock, comparisons, records
from node_server.store import connections as connection_rows

CONTROL: Final = "comparison"
CODE: Final = "systems_disagree"
_ACTOR: Final = "control:comparison"
_SETTINGS: Final = "reconciliation"
_HEAD: Final = ("id", "compared", "differing", "made_by", "made_at")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which two are compared, and how."""

    left: str
    right: str
    kinds: frozenset[str] = frozenset()
    live: bool = False
    """Whether both are read first."""


def compare(house: House, who: Principal, wish: Wish) -> dict[str, Any]:
    """Compare two connections; the outcome is kept."""
    read = [each for name in (wish.left, wish.right) for each in _read(house, who, name, wish)]
    context, overlay = context_of(house, who.tenant), house.overlay_of(who.tenant)
    with house.store.reading() as connection:
        policy = in_force(connection, who.tenant, _SETTINGS, ReconciliationPolicy)
        left, right = (
            side(connection, who.tenant, name, context, overlay, wish.kinds)
            for name in (wish.left, wish.right)
        )
    found = disagreements(left.records, right.records, clock.now(), context)
    row = _kept(house, who, wish, found, _told(found, left, right) | {"read": read})
    _hold(house, who.tenant, wish, policy, found, (left, right))
    return _shown(row)


def _read(house: House, who: Principal, named: str, wish: Wish) -> list[dict[str, Any]]:
    """Read on all lists of a connection; what cannot be read is told."""
    with house.store.reading() as connection:
        known = connection_rows.get(connection, who.tenant, named)
    if not wish.live:
        return []
    if known is None:
        hint = "name a connection, or leave `live` out"
        raise Refusal(422, "unknown_name", f"{named[:60]} is no connection to read", hint=hint)
    told: list[dict[str, Any]] = []
    for resource in pulling.listable(house, who.tenant, named):
        outcome = pulling.pull(house, who, named, pulling.Wish(resource))
        told.append({"connection": named, "resource": resource, "rows": outcome["rows"]})
    return told


def _told(found: Agreement, left: Side, right: Side) -> dict[str, Any]:
    """The outcome, each disagreement with the stored documents that it is about."""
    empty: dict[str, list[Any]] = {
        name: [] for name in ("disagreements", "only_left", "only_right")
    }
    plain: dict[str, Any] = empty | wire.to_plain(found)
    for each in plain["disagreements"]:
        each["left_document"], each["right_document"] = (
            left.of[each["left"]],
            right.of[each["right"]],
        )
    return plain | {"unreadable": {"left": left.unreadable, "right": right.unreadable}}


def _kept(
    house: House, who: Principal, wish: Wish, found: Agreement, told: Mapping[str, Any]
) -> dict[str, Any]:
    row = {
        "tenant": who.tenant,
        "id": f"cmp_{secrets.token_hex(10)}",
        "left_side": wish.left,
        "right_side": wish.right,
        "compared": found.compared,
        "differing": len(found.disagreements),
        "result": msgspec.json.encode(told),
        "made_by": who.id,
        "made_at": clock.stamp(),
    }
    with house.store.writing() as connection:
        comparisons.add(connection, row)
    return row


def _hold(
    house: House,
    tenant: str,
    wish: Wish,
    policy: ReconciliationPolicy,
    found: Agreement,
    sides: tuple[Side, Side],
) -> None:
    """An exception on each document about which they may not differ; none where they agree."""
    if not policy.disagreements:
        return
    left, right = sides
    matter: dict[str, Disagreement] = {}
    for each in found.disagreements:
        if any(field.aspect in policy.disagreements for field in each.differences):
            matter |= {left.of[each.left]: each, right.of[each.right]: each}
    for record_id in sorted({*left.of.values(), *right.of.values()}):
        _note(house, tenant, wish, record_id, matter.get(record_id))


def _note(
    house: House, tenant: str, wish: Wish, record_id: str, found: Disagreement | None
) -> None:
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        if stored is None:
            return
        keeper = Keeper(connection, tenant, _ACTOR)
        if found is None:
            settle(keeper, stored, CONTROL, why=f"{wish.left} and {wish.right} agree")
        else:
            raise_on(keeper, stored, _finding(wish, found))
        keeper.finish()


def _finding(wish: Wish, found: Disagreement) -> Finding:
    fields = ", ".join(each.path for each in found.differences)
    summary = f"{wish.left} and {wish.right} differ in {fields}"
    context = {"left": wish.left, "right": wish.right, "disagreement": wire.to_plain(found)}
    return Finding(CONTROL, CODE, summary, holds=False, context=context)


def page(house: House, tenant: str, *, cursor: str | None, limit: int) -> dict[str, Any]:
    """Comparisons in the order in which they were made, without what they found."""
    with house.store.reading() as connection:
        rows = comparisons.page(connection, tenant, after=position(cursor), limit=limit + 1)
    last = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([_head(row) for row in rows[:limit]], limit, last)


def get(house: House, tenant: str, comparison_id: str) -> dict[str, Any]:
    """One comparison, whole."""
    with house.store.reading() as connection:
        row = comparisons.get(connection, tenant, comparison_id)
    if row is None:
        raise Refusal(404, "not_found", "there is no such comparison")
    return _shown(row)


def _head(row: Mapping[str, Any]) -> dict[str, Any]:
    sides = {"left": row["left_side"], "right": row["right_side"]}
    return sides | {name: row[name] for name in _HEAD}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(row["result"])
    return found | _head(row)
