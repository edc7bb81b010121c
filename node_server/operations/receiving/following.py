"""What a kept event leads to: the record that it carries, or that it names, is taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors import write_json
from connectors._transport import TransportError
from connectors._transport.picking import pick
from node_server.auth import Principal, principal
from node_server.errors import Refusal, refusal_of
from node_server.logs import log
from node_server.operations.calling import Answered, Caller, CallRefused, open_caller
from node_server.operations.house import House
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.receiving.exact import DECODER
from node_server.store import clock, inbound

_WAITS: Final = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400)
_LEASE_SECONDS: Final = 120
_BATCH: Final = 16
_GONE: Final = (404, 410)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event."""

    state: str
    """done, ignored, refused; pending to try again, dead where that was tried enough."""
    why: str | None = None
    wait: float = 0


class Follower:
    """Takes kept events and does what they ask for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def round(self) -> bool:
        """Work on what is due; whether there was anything."""
        with self._house.store.writing() as transaction:
            now, until = clock.stamp(), clock.stamp(after=_LEASE_SECONDS)
            due = inbound.lease_due(transaction, now=now, until=until, limit=_BATCH)
        for row in due:
            self._follow(row)
        return bool(due)

    def _follow(self, row: dict[str, Any]) -> None:
        outcome = follow(self._house, row)
        changes: dict[str, Any] = {"state": outcome.state, "why": outcome.why}
        if outcome.state == "pending":
            changes["due_at"] = clock.stamp(after=outcome.wait)
        with self._house.store.writing() as transaction:
            inbound.finish(transaction, row["position"], **changes)
        if outcome.state not in ("done", "ignored"):
            log().warning(
                "event_not_followed",
                tenant=row["tenant"],
                connection=row["connection_id"],
                state=outcome.state,
                why=outcome.why,
            )


def follow(house: House, row: Mapping[str, Any]) -> Outcome:
    """Take in what one event is about."""
    who = principal(row["tenant"], f"hook:{row['connection_id']}", "webhook", frozenset({"poster"}))
    try:
        with open_caller(house, row["tenant"], row["connection_id"]) as caller:
            return _followed(house, who, caller, row)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return _failed(error, refusal, row["attempts"])


def _failed(error: Exception, refusal: Refusal, attempts: int) -> Outcome:
    """A target that cannot be reached is asked again; what cannot be read never will be."""
    passing = isinstance(error, CallRefused | TransportError) or refusal.status >= 500
    if not passing and not refusal.retriable:
        return Outcome("refused", refusal.message[:300])
    if attempts > len(_WAITS):
        return Outcome("dead", refusal.message[:300])
    wait = max(_WAITS[attempts - 1], refusal.retry_after or 0)
    return Outcome("pending", refusal.message[:300], wait)


def _followed(house: House, who: Principal, caller: Caller, row: Mapping[str, Any]) -> Outcome:
    spec = caller.connector.manifest["webhooks"]
    event = DECODER.decode(row["body"])
    resource, record = None, pick(event, spec["payload"]) if "payload" in spec else None
    if record is None and "resources" in spec:
        resource = _resource(spec, row["topic"], event)
        if resource is None:
            return Outcome("ignored", f"nothing is read at {row['topic'] or 'such events'}"[:300])
        record = _fetched(caller, resource, pick(event, spec.get("object_id", "id")))
        if record is None:
            return Outcome("ignored", "it is not there any more")
    elif record is None:
        record = event  # the body is the record itself
    how = Intake(
        caller.connector.name, resource, connection=caller.connection.id, channel="webhook"
    )
    ingest(house, who, Payload(write_json(record), "application/json"), how)
    return Outcome("done")


def _resource(spec: Mapping[str, Any], topic: str | None, event: Any) -> str | None:
    named = [pick(event, spec[name]) for name in ("event_type", "object_type") if name in spec]
    known: Mapping[str, str] = spec["resources"]
    return next((known[str(name)] for name in (topic, *named) if str(name) in known), None)


def _fetched(caller: Caller, resource: str, object_id: Any) -> Any:
    """The record as it is now: what an event says of it may be old by the time that we look."""
    spec = caller.connector.manifest["resources"].get(resource, {}).get("get")
    if spec is None or object_id is None:
        raise Refusal(422, "not_fetchable", f"the manifest does not say how to get a {resource}")
    request = caller.request({"method": "GET", **spec}, {"id": str(object_id)})
    answer = caller.send(request, purpose="hook", priority=1)
    if answer.status in _GONE:
        return None
    if not answer.ok:
        wait = caller.throttled(answer)
        raise Answered(answer, caller.connector.manifest["api"], spec, wait)
    return pick(answer.json(), spec["item"]) if "item" in spec else answer.json()
