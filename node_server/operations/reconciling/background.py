"""Reconciling as a job: on request where there is much, and after what has come in."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from node_server.errors import refusal_of
from node_server.operations.house import House
from node_server.operations.reconciling import payouts, running
from node_server.operations.reconciling.gathering import Scope
from node_server.store import clock, jobs, open_records

KIND: Final = "reconcile"
MANY_ITEMS: Final = 5000
"""Open items beyond which a request gets a job instead of the outcome."""
_LEASE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to reconcile: a scope, and documents that came in since."""

    scope: Scope | None = None
    items: tuple[str, ...] = ()
    payouts: bool = False
    """Whether payouts are to be taken apart."""

    def text(self) -> str:
        """As a job keeps it."""
        found: dict[str, Any] = {"items": sorted(set(self.items)), "payouts": self.payouts}
        if self.scope is not None:
            days = {name: getattr(self.scope, name) for name in ("first", "last")}
            found["scope"] = {
                "account": self.scope.account,
                "lines": None if self.scope.lines is None else sorted(set(self.scope.lines)),
                **{name: day and day.isoformat() for name, day in days.items()},
            }
        return json.dumps(found)


def _read(text: str) -> Order:
    kept = json.loads(text)
    scope = kept.get("scope")
    if scope is not None:
        days = {n: scope[n] and datetime.date.fromisoformat(scope[n]) for n in ("first", "last")}
        lines = None if scope["lines"] is None else tuple(scope["lines"])
        scope = Scope(scope["account"], days["first"], days["last"], lines)
    return Order(scope, tuple(kept["items"]), kept["payouts"])


def is_large(house: House, tenant: str) -> bool:
    """Whether a run takes too long for a caller to wait for it."""
    with house.store.reading() as connection:
        return open_records.count(connection, tenant, "item") > MANY_ITEMS


def start(house: House, tenant: str, who: str, order: Order) -> dict[str, Any]:
    """A job that reconciles."""
    row = _row(tenant, who, order)
    with house.store.writing() as connection:
        jobs.add(connection, row)
    names = ("id", "kind", "state", "created_at", "updated_at")
    return {name: row[name] for name in names} | {"total": 0, "done": 0, "failed": 0}


def ask(
    house: House,
    tenant: str,
    who: str,
    *,
    lines: Iterable[str] = (),
    items: Iterable[str] = (),
    payouts: bool = False,
) -> None:
    """Have what came in reconciled; what comes before somebody begins goes along."""
    with house.store.writing(f"{tenant}:reconciliation:jobs") as connection:
        waiting = jobs.waiting(connection, tenant, KIND)
        known = _read(waiting["options"]) if waiting is not None else Order()
        if waiting is None or (known.scope is not None and known.scope.lines is None):
            known, waiting = Order(), None
        had = known.scope.lines or () if known.scope is not None else ()
        wanted = (*had, *lines)
        scope = Scope(lines=tuple(wanted)) if wanted else None
        order = Order(scope, (*known.items, *items), payouts or known.payouts)
        if waiting is None:
            jobs.add(connection, _row(tenant, who, order))
        else:
            jobs.change(connection, waiting["position"], options=order.text())


def _row(tenant: str, who: str, order: Order) -> dict[str, Any]:
    now = clock.stamp()
    return {
        "tenant": tenant,
        "id": f"job_{secrets.token_hex(10)}",
        "kind": KIND,
        "state": "pending",
        "raw_sha256": "",
        "options": order.text(),
        "actor": who,
        "created_at": now,
        "updated_at": now,
    }


def work(house: House, row: dict[str, Any]) -> None:
    """Do a job; done again after a crash, it finds what is left."""
    _change(house, row, total=1, leased_until=clock.stamp(after=_LEASE_SECONDS))
    try:
        outcome = _run(house, row["tenant"], row["actor"], _read(row["options"]))
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        _change(house, row, state="failed", failed=1, error=refusal.message, leased_until=None)
        return
    done = {"state": "done", "done": 1, "outcome": msgspec.json.encode(outcome)}
    _change(house, row, **done, leased_until=None)


def _run(house: House, tenant: str, who: str, order: Order) -> dict[str, Any]:
    outcome: dict[str, Any] = {}
    if order.scope is not None:
        outcome["run"] = running.run(house, tenant, who, order.scope)
    if order.items:
        later = running.run_for(house, tenant, who, order.items)
        outcome |= {"documents": later} if later is not None else {}
    if order.payouts:
        outcome["payouts"] = payouts.keep(house, tenant)
    return outcome


def _change(house: House, row: dict[str, Any], **changes: Any) -> None:
    with house.store.writing() as connection:
        jobs.change(connection, row["position"], updated_at=clock.stamp(), **changes)
