"""Lists that are read by themselves, as the settings of their connections say."""

from __future__ import annotations

import time
from typing import Final

from connectors._transport import TransportError
from node_server.auth import principal
from node_server.errors import Refusal
from node_server.logs import log
from node_server.operations.calling import Answered, CallRefused
from node_server.operations.house import House
from node_server.operations.pulling.pulling import Wish, pull
from node_server.store import clock, connections, pulls

_BATCH: Final = 4
_LOOK_SECONDS: Final = 15.0
_AFTER_FAILURE: Final = 60


class Schedule:
    """Reads what is due. Each list is leased, so that many processes may look."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked = -_LOOK_SECONDS

    def round(self) -> bool:
        """Read what is due now; whether there was anything."""
        self._plan_new()
        with self._house.store.reading() as transaction:
            due = pulls.due(transaction, clock.stamp(), limit=_BATCH)
        for tenant, connection_id, resource in due:
            self._read(tenant, connection_id, resource)
        return bool(due)

    def _plan_new(self) -> None:
        """Lists that a connection names since the last look."""
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        with self._house.store.reading() as transaction:
            wanted = connections.that_pull(transaction)
            known = {
                (row.tenant, row.id, each["resource"])
                for row in wanted
                for each in pulls.rows(transaction, row.tenant, row.id)
                if each["due_at"] is not None
            }
        new = [
            (row.tenant, row.id, resource)
            for row in wanted
            for resource in row.settings["pull"]
            if (row.tenant, row.id, resource) not in known
        ]
        if new:
            with self._house.store.writing() as transaction:
                for place in new:
                    pulls.plan(transaction, *place, due_at=clock.stamp())

    def _read(self, tenant: str, connection_id: str, resource: str) -> None:
        every = self._every(tenant, connection_id, resource)
        after = every
        if every is not None:
            try:
                self._pull(tenant, connection_id, resource)
            except (CallRefused, Answered, Refusal, TransportError) as error:
                wait = getattr(error, "wait", None) or getattr(error, "retry_after", None)
                after = min(every, int(wait or _AFTER_FAILURE))
                log().warning(
                    "pull_failed", tenant=tenant, connection=connection_id, resource=resource,
                    why=str(error)[:200],
                )  # fmt: skip
        due_at = None if after is None else clock.stamp(after=after)
        with self._house.store.writing() as transaction:
            pulls.plan(transaction, tenant, connection_id, resource, due_at=due_at)

    def _pull(self, tenant: str, connection_id: str, resource: str) -> None:
        who = principal(tenant, f"pull:{connection_id}", "schedule", frozenset({"poster"}))
        told = pull(self._house, who, connection_id, Wish(resource))
        log().info(
            "pulled", tenant=tenant, connection=connection_id, resource=resource,
            rows=told["rows"], refused=len(told["refused"]),
        )  # fmt: skip

    def _every(self, tenant: str, connection_id: str, resource: str) -> int | None:
        with self._house.store.reading() as transaction:
            row = connections.get(transaction, tenant, connection_id)
        return row.settings.get("pull", {}).get(resource) if row else None
