"""An answer that is no success, told in the target's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors._transport import Answer, Redactor
from connectors._transport.picking import pick
from node_server.errors import Refusal

_LONGEST = 300


class Answered(Refusal):
    """The target answered, and not with what was asked for."""

    def __init__(
        self,
        answer: Answer,
        api: Mapping[str, Any],
        spec: Mapping[str, Any],
        wait: int | None = None,
    ) -> None:
        self.answer = answer
        sentence, code = said(answer, api, spec)
        message = f"the other system answered {answer.status}" + (
            f": {sentence}" if sentence else ""
        )
        vendor = {"status": answer.status} | ({"code": code} if code else {})
        busy = wait is not None or answer.status >= 500
        super().__init__(
            502, "target_answered", message, retriable=busy, retry_after=wait,
            extra={"vendor": vendor},
        )  # fmt: skip


def said(answer: Answer, api: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[str, str]:
    """The vendor's sentence and code, where the manifest says where they stand; secrets hidden."""
    tree = answer.tree()
    return (
        _text(tree, spec.get("error") or api.get("error")),
        _text(tree, spec.get("error_code") or api.get("error_code")),
    )


def _text(tree: Any, path: str | None) -> str:
    found = pick(tree, path) if path and tree is not None else None
    if found is None or isinstance(found, (dict, list)):
        return ""
    return Redactor().text(str(found))[:_LONGEST]
