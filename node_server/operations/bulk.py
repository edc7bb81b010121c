"""Taking in whole archives and long files, as a job with progress that survives a crash."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict
from typing import Any

import msgspec

import connectors
from connectors.errors import CodecError
from node_server.auth import Principal, principal
from node_server.envelope import page_of, position
from node_server.errors import Refusal, refusal_of
from node_server.operations.house import House
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.reconciling import background
from node_server.store import clock, jobs, traces

_LEASE_SECONDS = 120
_FAILURES_KEPT = 1000


def start(house: House, who: Principal, payload: Payload, how: Intake) -> dict[str, Any]:
    """A job that takes in each member of an archive; the answer comes before the work."""
    sha256 = hashlib.sha256(payload.data).hexdigest()
    now = clock.stamp()
    row = {
        "tenant": who.tenant,
        "id": f"job_{secrets.token_hex(10)}",
        "kind": "ingest",
        "state": "pending",
        "raw_sha256": sha256,
        "options": json.dumps(asdict(how)),
        "actor": who.id,
        "created_at": now,
        "updated_at": now,
    }
    with house.store.writing() as connection:
        traces.keep_raw(
            connection, who.tenant, sha256, payload.data,
            mime=payload.mime, filename=payload.filename, at=now,
        )  # fmt: skip
        jobs.add(connection, row)
    return _shown(row | {"total": 0, "done": 0, "failed": 0, "error": None, "outcome": None})


def work_on_next(house: House) -> bool:
    """Do the oldest job that nobody is at; whether there was one."""
    with house.store.writing() as connection:
        row = jobs.lease_next(
            connection, now=clock.stamp(), until=clock.stamp(after=_LEASE_SECONDS)
        )
    if row is None:
        return False
    try:
        _KINDS[row["kind"]](house, row)
    except CodecError as error:
        _change(house, row, state="failed", error=error.message, leased_until=None)
    return True


def _take_in(house: House, row: dict[str, Any]) -> None:
    """Every member in order. Done again after a crash, what was taken in already is a replay."""
    with house.store.reading() as connection:
        kept = traces.raw(connection, row["tenant"], row["raw_sha256"])
    if kept is None:
        _change(house, row, state="failed", error="its payload is gone", leased_until=None)
        return
    members = list(connectors.unpack(kept["body"], kept["filename"] or "payload"))
    who = principal(row["tenant"], row["actor"], "job", frozenset({"mapper"}))
    options = json.loads(row["options"])
    options["own_ids"] = tuple(options["own_ids"])
    outcome: dict[str, Any] = {"actions": {}, "failures": []}
    failed = 0
    for number, (name, data) in enumerate(members, 1):
        failed += not _member(house, who, Payload(data, None, name), Intake(**options), outcome)
        _change(
            house, row, total=len(members), done=number, failed=failed,
            leased_until=clock.stamp(after=_LEASE_SECONDS),
        )  # fmt: skip
    _change(
        house, row, state="done", outcome=msgspec.json.encode(outcome), leased_until=None,
        total=len(members), done=len(members), failed=failed,
    )  # fmt: skip


def _member(
    house: House, who: Principal, payload: Payload, how: Intake, outcome: dict[str, Any]
) -> bool:
    try:
        result = ingest(house, who, payload, how)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        if len(outcome["failures"]) < _FAILURES_KEPT:
            failure = {"file": payload.filename, "code": refusal.code, "message": refusal.message}
            outcome["failures"].append(failure)
        return False
    for each in result["documents"]:
        outcome["actions"][each["action"]] = outcome["actions"].get(each["action"], 0) + 1
    return True


def _change(house: House, row: dict[str, Any], **changes: Any) -> None:
    with house.store.writing() as connection:
        jobs.change(connection, row["position"], updated_at=clock.stamp(), **changes)


_KINDS = {"ingest": _take_in, background.KIND: background.work}


def get_job(house: House, tenant: str, job_id: str) -> dict[str, Any]:
    """How far a job is, and what came of it."""
    with house.store.reading() as connection:
        row = jobs.get(connection, tenant, job_id)
    if row is None:
        raise Refusal(404, "not_found", "there is no such job")
    return _shown(row)


def list_jobs(house: House, tenant: str, *, cursor: str | None, limit: int) -> dict[str, Any]:
    """The jobs of a tenant, oldest first."""
    with house.store.reading() as connection:
        rows = jobs.page(connection, tenant, after=position(cursor), limit=limit + 1)
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([_shown(row) for row in rows[:limit]], limit, more)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "kind", "state", "total", "done", "failed", "error", "created_at", "updated_at")
    shown = {name: row[name] for name in names if row[name] is not None}
    if row["outcome"]:
        shown["outcome"] = msgspec.json.decode(row["outcome"])
    return shown
