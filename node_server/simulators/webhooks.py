"""Telling others of changes, signed as the manifest says; twice, late, or as it should be."""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from connectors._codecs import json_tree
from connectors._transport import (
    ANY_HOST,
    Delivery,
    Policy,
    Request,
    Signer,
    TransportError,
    open_session,
    send,
    sign_delivery,
)
from node_server.simulators.clock import Clock, written
from node_server.simulators.described import Shelf, Spec, Target
from node_server.simulators.journal import Journal
from node_server.simulators.keyring import Keyring
from node_server.simulators.places import put
from node_server.simulators.rows import Row

_TRIES = 3
_TIMEOUT = 10
_MOST_SENT = 5000
_PLACES = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


@dataclass(frozen=True)
class Sent:
    """A delivery and how it was taken."""

    event: str
    type: str
    resource: str
    url: str
    status: int
    """0 where nobody answered."""


@dataclass(frozen=True)
class Change:
    """A record as it was after a change."""

    event: str
    shelf: Shelf
    resource: str
    id: str
    done: str
    record: dict[str, Any]

    def type_of(self, spec: Spec) -> str:
        """The manifest's own name for such an event, or one like it."""
        own = [name for name in self._names(spec) if self.done in name]
        return own[0] if own else f"{self.resource}.{self.done}"

    def object_type(self, spec: Spec) -> str:
        """The manifest's own name for such a record."""
        return next(iter(self._names(spec)), self.resource)

    def _names(self, spec: Spec) -> list[str]:
        known = spec.get("resources", {}).items()
        return [name for name, ours in known if ours in self.shelf.resources]


class Webhooks:
    """Deliveries of one system, in the order of the changes, by one thread."""

    def __init__(self, target: Target, keyring: Keyring, clock: Clock, journal: Journal) -> None:
        self._target, self._keyring = target, keyring
        self._clock, self._journal = clock, journal
        self._spec: Spec = target.manifest.get("webhooks", {})
        self.url = ""
        self.sent: deque[Sent] = deque(maxlen=_MOST_SENT)
        self._held: list[Change] = []
        self._waiting: queue.Queue[tuple[Request, Change] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def load(self, value: Mapping[str, Any]) -> None:
        """A registration as the journal kept it."""
        self.url = str(value["url"])

    def clear(self) -> None:
        """Nobody is told any more."""
        self.url, self._held = "", []
        self.sent.clear()

    def register(self, url: str) -> dict[str, Any]:
        """Tell this address from now on, after the handshake that the manifest knows."""
        if not self._spec:
            raise ValueError(f"{self._target.name} sends no webhooks that its manifest knows")
        told = self._handshake(url)
        if told["accepted"]:
            self.url = url
            self._journal.put(self._target.name, [("webhook", "url", {"url": url})])
        return told

    def changed(self, shelf: Shelf, resource: str, row: Row, *, done: str, fault: str = "") -> None:
        """Tell of a record that was `created` or `updated`; `fault` may be one of webhooks."""
        if not self.url or not self._spec:
            return
        change = Change(secrets.token_hex(12), shelf, resource, row.id, done, deepcopy(row.record))
        if fault == "late_webhook":
            self._held.append(change)
            return
        self._queue(change)
        if fault == "duplicate_webhook":
            self._queue(change)
        while self._held:
            self._queue(self._held.pop(0))

    def flush(self, seconds: float = _TIMEOUT) -> bool:
        """Wait until all are out; whether that came to be."""
        while self._held:
            self._queue(self._held.pop(0))
        end = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.005)
        return not self._waiting.unfinished_tasks

    def stop(self) -> None:
        """Send no more."""
        if self._thread is not None:
            self._waiting.put(None)

    def _queue(self, change: Change) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        self._waiting.put((self._request(change), change))

    def _request(self, change: Change) -> Request:
        kind = change.type_of(self._spec)
        body = json_tree.write(self._body(change, kind))
        headers = {"Content-Type": "application/json"}
        for key, value in (("event_id_header", change.event), ("event_type_header", kind)):
            if key in self._spec:
                headers[self._spec[key]] = value
        return self._signed(self.url, headers, body, change.event)

    def _body(self, change: Change, kind: str) -> Any:
        """The event where the manifest reads it; where it reads no id, the record itself."""
        spec = self._spec
        facts = {
            "payload": change.record,
            "event_id": change.event,
            "event_type": kind,
            "object_type": change.object_type(spec),
            "object_id": change.id,
        }
        is_event = bool({"payload", "events", "event_id"} & spec.keys())
        tree: Any = {"created_at": written(self._clock.now(), "rfc3339")}
        tree = tree if is_event else change.record
        for name, value in facts.items():
            if name in spec:
                tree = put(tree, spec[name], value)
        whole: Any = put({}, spec["events"], [tree]) if "events" in spec else tree
        signature = spec["signature"]
        if signature["scheme"] == "shared_secret" and "path" in signature:
            whole = put(whole, signature["path"], self._keyring.webhook_secret)
        return whole

    def _signed(self, url: str, headers: dict[str, str], body: bytes, event: str) -> Request:
        signature = self._spec["signature"]
        if "parameter" in signature:
            bare = Request("POST", url).with_params(
                {signature["parameter"]: self._keyring.webhook_secret}
            )
            url = bare.url
        asymmetric = signature["scheme"] in ("rsa", "ecdsa", "jwt_body_hash", "paypal")
        key = self._keyring.signing_key if asymmetric else ""
        signer = Signer(self._keyring.webhook_secret, key, "simulator")
        delivery = Delivery("POST", url, headers, body)
        now = int(self._clock.now())
        proof = sign_delivery(signature, delivery, signer, message_id=event, now=now)
        return Request("POST", url, {**headers, **proof}, body)

    def _handshake(self, url: str) -> dict[str, Any]:
        stated = self._spec.get("handshake", {})
        kind, token = stated.get("kind", ""), secrets.token_urlsafe(12)
        if kind == "echo_parameter":
            request = Request("POST", url).with_params({stated["parameter"]: token})
            status, text = self._deliver(request)
            return {"handshake": kind, "status": status, "accepted": token in text}
        if kind == "intent_to_receive":
            return self._intent(url)
        if kind == "echo_body":
            body = json_tree.write(put({}, stated.get("path", "challenge"), token))
            request = Request("POST", url, {"Content-Type": "application/json"}, body)
            status, text = self._deliver(request)
            return {"handshake": kind, "status": status, "accepted": token in text}
        return {"handshake": "", "status": 0, "accepted": True}

    def _intent(self, url: str) -> dict[str, Any]:
        """Xero sends a good signature, which is to be granted, and a bad one, which is not."""
        body = json_tree.write(put({"firstEventSequence": 0}, self._spec.get("events", ""), []))
        good = self._signed(url, {"Content-Type": "application/json"}, body, "intent")
        name = str(self._spec["signature"].get("header", ""))
        bad = good.with_headers({name: "bm90IGEgc2lnbmF0dXJlIG9mIG91cnM="})
        statuses = [self._deliver(each)[0] for each in (good, bad)]
        accepted = 200 <= statuses[0] < 300 and statuses[1] == self._spec.get("reject_status", 401)
        return {"handshake": "intent_to_receive", "status": statuses[0], "accepted": accepted}

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            request, change = item
            status = 0
            for _ in range(_TRIES):
                status = self._deliver(request)[0]
                if 200 <= status < 300:
                    break
            kind = change.type_of(self._spec)
            self.sent.append(Sent(change.event, kind, change.resource, request.url, status))
            self._waiting.task_done()

    def _deliver(self, request: Request) -> tuple[int, str]:
        policy = Policy(hosts=ANY_HOST, allow_http=True, allow_private=_PLACES)
        try:
            with open_session(policy) as session:
                answer = send(session, request, timeout=_TIMEOUT)
        except TransportError:
            return 0, ""
        return answer.status, answer.text
