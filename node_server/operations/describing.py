"""What the model offers: its schemas, examples and rules."""

from __future__ import annotations

from typing import Any

from canonical_model import checks, schemas
from canonical_model.version import __version__ as version

__all__ = ["describe_rule", "describe_rules", "example", "schema", "schema_names", "version"]


def schema_names() -> tuple[str, ...]:
    """All schemas there are."""
    return schemas.names()


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of that name; `UnknownKind` names the nearest."""
    return schemas.schema(name)


def example(name: str) -> str:
    """A small, valid document of that kind; `UnknownKind` names the nearest."""
    return schemas.example(name)


def describe_rules() -> list[dict[str, Any]]:
    """All rules, in the order of their ids."""
    return [_plain(rule) for rule in checks.RULES.values()]


def describe_rule(name: str) -> dict[str, Any]:
    """One rule by its id, code or standard's id; `UnknownRule` names the nearest."""
    return _plain(checks.rule(name))


def _plain(rule: checks.Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "code": rule.code,
        "standard": rule.standard,
        "severity": rule.severity,
        "kinds": list(rule.kinds),
        "title": rule.title,
        "explains": rule.explains,
        "hint": rule.hint,
    }
