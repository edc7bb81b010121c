"""Judging a canonical document: is it one, and does it add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from canonical_model import checks, wire
from canonical_model.envelope import Context
from canonical_model.errors import InvalidDocument
from canonical_model.record import make_record


def validate(data: bytes, *, ignore: Iterable[str] = (), tenant: str = "default") -> dict[str, Any]:
    """The result of one document: its record with issues, or why it is no document.

    `UnknownRule` when a rule to ignore does not exist.
    """
    ignored = [checks.rule(name).id for name in ignore]
    try:
        document = wire.decode(data)
    except InvalidDocument as error:
        return {"records": [], "issues": [wire.to_plain(issue) for issue in error.issues]}
    record = make_record(document, context=Context(tenant=tenant), ignore=ignored)
    return {"records": [wire.to_plain(record)], "issues": []}


def all_issues(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The issues of a result, its own and those of its records."""
    of_records = (issue for record in result["records"] for issue in record.get("issues", ()))
    return [*result["issues"], *of_records]
