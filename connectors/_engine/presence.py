"""Without which child of a node a field is nothing: absent subtrees then cost one look.

Most of what a map asks for is absent from most payloads, and lies below few names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from connectors._engine.paths import Dialect, Field, parse
from connectors._engine.targets import Target, targets

Roots: TypeAlias = "frozenset[str] | None"
"""The children of which one must be there; None where a value may come from elsewhere."""


@dataclass(frozen=True)
class Presence:
    """What the values of a map hang on."""

    dialect: Dialect
    fragments: Mapping[str, Any]
    is_nothing_of_nothing: Callable[[dict[str, Any], int], bool]

    def grouped(
        self, fields: Mapping[str, Any], known: Mapping[str, Target]
    ) -> Iterator[tuple[str | None, list[str]]]:
        """Fields in their order: those that hang on one child together, with its name."""

        def on(name: str) -> str | None:
            roots = self._roots(fields[name], known[name])
            deep = self._is_deep(fields[name])
            return next(iter(roots)) if roots and len(roots) == 1 and deep else None

        for child, names in groupby(fields, key=on):
            yield child, list(names)

    def _is_deep(self, value: Any) -> bool:
        """Whether anything lies further down than one step: else a look is all it costs."""
        if isinstance(value, str):
            return len(parse(value, self.dialect)) > 1
        if isinstance(value, list):
            return any(map(self._is_deep, value))
        if not isinstance(value, dict):
            return False
        if below := next((value[name] for name in ("at", "each", "path") if name in value), None):
            return self._is_deep(below)
        return any(map(self._is_deep, self._parts(value)))

    def _parts(self, value: dict[str, Any]) -> list[Any]:
        found = [*value.get("first", ()), *value.get("all", ()), *self._fields(value).values()]
        return found

    def _fields(self, spec: dict[str, Any]) -> dict[str, Any]:
        shared = self._fields(self.fragments[spec["use"]]) if "use" in spec else {}
        return {**shared, **spec.get("fields", {})}

    def _roots(self, value: Any, target: Target) -> Roots:
        if isinstance(value, list):
            return _united(self._roots(each, target) for each in value)
        if target.sort in ("struct", "structs"):
            return self._block(value, target)
        if target.sort == "texts":
            return _united(self._leaf(each) for each in self._fields(value).values())
        return self._leaf(value)

    def _block(self, spec: dict[str, Any], target: Target) -> Roots:
        if where := spec.get("each") or spec.get("at"):
            return self._path(where)
        assert target.struct is not None  # noqa: S101  (the two sorts have one)
        known = targets(target.struct)
        fields = {name: part for name, part in self._fields(spec).items() if not _is_constant(part)}
        return _united(self._roots(part, known[name]) for name, part in fields.items())

    def _leaf(self, value: Any) -> Roots:
        if isinstance(value, str):
            return self._path(value)
        if isinstance(value, list):
            return _united(map(self._leaf, value))
        if "first" in value:
            return _united(map(self._leaf, value["first"]))
        if "all" in value:
            lasting = self.is_nothing_of_nothing(value, len(value["all"]))
            return _united(map(self._leaf, value["all"])) if lasting else None
        if "path" not in value:
            return None
        several = "through" in value and not self.is_nothing_of_nothing(value, 0)
        return None if several else self._path(value["path"])

    def _path(self, text: str) -> Roots:
        path = parse(text, self.dialect)
        return frozenset({path[0].name}) if path and isinstance(path[0], Field) else None


def _is_constant(value: Any) -> bool:
    return isinstance(value, dict) and "const" in value


def _united(found: Iterable[Roots]) -> Roots:
    """All of them; None where one is not bound to a child, or there are none."""
    whole: frozenset[str] = frozenset()
    for each in found:
        if each is None:
            return None
        whole |= each
    return whole or None
