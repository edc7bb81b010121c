"""Hearing what a target says to an attempt, by its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors._transport import Answer, matches
from connectors._transport.picking import pick
from node_server.operations.calling import said
from node_server.operations.posting.judging import Heard
from node_server.operations.posting.marking import text_at

_READ: Final = frozenset({400, 409, 412, 422})
"""Statuses of those who have read the document; others turn away before."""
_NOT_NOW: Final = frozenset({423, 425})
_LOST: Final = 408


@dataclass(frozen=True, slots=True)
class News:
    """What was heard of an attempt or a look, with all that is worth keeping."""

    heard: Heard
    status: int = 0
    why: str = ""
    code: str = ""
    wait: float = 0.0
    target_id: str = ""
    target_version: str = ""
    replayed: bool = False


def hear(
    answer: Answer, spec: Mapping[str, Any], api: Mapping[str, Any], wait: float | None
) -> News:
    """What an answer means; `wait` is for how long it asks to be left alone, if it does."""
    sentence, code = said(answer, api, spec)
    status = answer.status
    why = sentence or f"it answered {status}"
    conflict = spec.get("idempotency", {}).get("conflict")
    if conflict and _is_conflict(conflict, answer):
        return _conflict(conflict, answer, why, code)
    if answer.ok:
        return _success(answer, spec, sentence, code)
    heard = _refusal(status, throttled=_is_throttled(answer, api, wait))
    return News(heard, status, why, code, float(wait or 0))


def _is_throttled(answer: Answer, api: Mapping[str, Any], wait: float | None) -> bool:
    """A 503 of whoever stands in front says nothing of what is behind it."""
    if wait is None:
        return False
    return answer.status == 429 or any(matches(each, answer) for each in api.get("throttled", ()))


def _refusal(status: int, *, throttled: bool) -> Heard:
    if throttled or status in _NOT_NOW:
        return "busy"
    if status == 401:
        return "barred"
    if status in _READ:
        return "refused"
    if (400 <= status < 500 and status != _LOST) or status == 501:
        return "denied"
    return "unclear"


def _is_conflict(conflict: Mapping[str, Any], answer: Answer) -> bool:
    signal = {name: conflict[name] for name in ("status", "path", "contains") if name in conflict}
    return bool(signal) and matches(signal, answer)


def _conflict(conflict: Mapping[str, Any], answer: Answer, why: str, code: str) -> News:
    found = text_at(answer.tree(), conflict["id"]) if "id" in conflict else ""
    if not found and "header" in conflict:
        found = last_segment(answer.headers.get(conflict["header"], ""))
    heard: Heard = "done" if found else "conflict"
    return News(heard, answer.status, why, code, target_id=found, replayed=bool(found))


def _success(answer: Answer, spec: Mapping[str, Any], sentence: str, code: str) -> News:
    tree = answer.tree()
    if "success" in spec and (tree is None or pick(tree, spec["success"]) is None):
        # An answer that is no JSON at all is not the target's: somebody in between has spoken.
        heard: Heard = "unclear" if tree is None else "refused"
        return News(heard, answer.status, sentence or "it answered without a result", code)
    found = text_at(tree, spec["id"]) if "id" in spec else ""
    if not found and "id" in spec:
        return News("unclear", answer.status, sentence or "it answered without an id", code)
    found = found or last_segment(answer.headers.get("Location", ""))
    version = text_at(tree, spec["version"]) if "version" in spec else ""
    return News("done", answer.status, target_id=found, target_version=version)


def last_segment(url: str) -> str:
    """The id at the end of an address: `…/vendorBill/42`, `…/Bills(42)`, `…/eid:x`."""
    end = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    if end.endswith(")"):
        end = end.rpartition("(")[2][:-1]
    return end.strip("'")
