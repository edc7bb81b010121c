"""The same call twice is one: answers kept under the caller's idempotency key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.store import answers, clock

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_IN_FLIGHT_MARGIN = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is stored and replayed."""

    status: int
    content_type: str | None
    location: str | None
    body: bytes
    replayed: bool = False


def read_key(header: str) -> str:
    """The key that a header states, quoted as the draft asks for, or bare as most send it."""
    text = header.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not _KEY.fullmatch(text):
        message = "Idempotency-Key is empty, too long or has odd characters"
        hint = "use up to 255 printable ASCII characters, a UUID for example"
        raise Refusal(400, "idempotency_key_invalid", message, hint=hint)
    return text


def once(
    house: House,
    tenant: str,
    operation: str,
    key: str,
    body_hash: str,
    work: Callable[[], Kept],
) -> Kept:
    """The stored answer of this key, or that of the work, which is then kept."""
    stamp = clock.stamp()
    limit = house.settings.time_limit + _IN_FLIGHT_MARGIN
    row = {
        "tenant": tenant,
        "operation": operation,
        "key": key,
        "body_hash": body_hash,
        "status": 0,
        "claimed_at": stamp,
        "claimed_until": clock.stamp(after=limit),
    }
    with house.store.writing() as connection:
        there = answers.claim(connection, row)
    if there is not None:
        return _replayed(there, body_hash)
    return _done(house, row, work)


def _replayed(there: dict[str, Any], body_hash: str) -> Kept:
    if there["body_hash"] != body_hash:
        message = "this key came with another body before"
        hint = "use a new key for a new body; keep the key when the same call is tried again"
        raise Refusal(422, "idempotency_key_reused", message, hint=hint)
    if there["status"] == 0:
        message = "the first call with this key is still being carried out"
        raise Refusal(
            409, "idempotency_in_flight", message, outcome="uncertain", retriable=True,
            retry_after=1,
        )  # fmt: skip
    return Kept(
        there["status"], there["content_type"], there["location"], there["body"], replayed=True
    )


def _done(house: House, row: dict[str, Any], work: Callable[[], Kept]) -> Kept:
    try:
        kept = work()
    except BaseException:
        with house.store.writing() as connection:
            answers.release(connection, row)
        raise
    with house.store.writing() as connection:
        if kept.status >= 500 or kept.status == 429:
            answers.release(connection, row)
        else:
            answer = {
                "status": kept.status,
                "content_type": kept.content_type,
                "location": kept.location,
                "body": kept.body,
            }
            answers.fill(connection, row, answer)
    return kept
