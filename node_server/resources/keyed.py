"""A call with an idempotency key: its answer is kept, and told again to who asks again."""

from __future__ import annotations

import hashlib

from node_server.errors import refusal_of
from node_server.operations.answering import Kept, once
from node_server.resources import problems
from node_server.resources.call import Call, Reply
from node_server.resources.endpoint import Endpoint


def answered_once(found: Endpoint, call: Call, key: str) -> Reply:
    """The kept answer of this key, or that of the work, which is kept from now on."""
    kept = once(
        call.house, call.tenant, found.name, key, _body_hash(call),
        lambda: _kept(_as_reply(found, call)),
    )  # fmt: skip
    headers = {"Idempotent-Replayed": "true"} if kept.replayed else {}
    if kept.location:
        headers["Location"] = kept.location
    return Reply(kept.body, kept.status, kept.content_type or "", headers)


def _as_reply(found: Endpoint, call: Call) -> Reply:
    """The answer, where a refusal for good is an answer too: it is replayed as well."""
    try:
        return found.work(call)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None or refusal.retriable or refusal.status >= 500:
            raise
        return problems.problem(refusal, call.trace.trace_id)


def _body_hash(call: Call) -> str:
    told = hashlib.sha256(repr(sorted(call.given.items())).encode())
    told.update(repr(call.body).encode())
    for part in call.parts:
        told.update(hashlib.sha256(part.data).digest())
    return told.hexdigest()


def _kept(made: Reply) -> Kept:
    body = made.body if isinstance(made.body, bytes) else b"".join(made.body)
    return Kept(made.status, made.content_type, made.headers.get("Location"), body)
