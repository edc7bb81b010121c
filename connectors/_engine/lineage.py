"""Where each canonical field comes from: known when a map is compiled, free when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lineage:
    """One field: its sources, what they pass through, and whether it is stated or derived."""

    path: str
    sources: tuple[str, ...]
    transforms: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    constant: Any = None
    derived: bool = False

    @classmethod
    def of(cls, path: str, sources: list[str], value: Any) -> Lineage:
        """The lineage of a field from what its map says."""
        parts = list(_parts(value))
        transforms = tuple(_name(t) for part in parts for t in part.get("through", ()))
        tables = tuple(part["table"] for part in parts if "table" in part)
        constants = [part["const"] for part in parts if "const" in part]
        constant = constants[0] if constants and not sources else None
        # A value made of several, or by arithmetic, is not what the source says in any one place.
        derived = any("all" in part for part in parts) or bool(_ARITHMETIC & set(transforms))
        return cls(path, tuple(dict.fromkeys(sources)), transforms, tables, constant, derived)


_ARITHMETIC = frozenset({"sum", "difference", "negate", "scale", "absolute", "product", "round"})


def _parts(value: Any) -> Any:
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        yield value
        yield from _parts([*value.get("first", ()), *value.get("all", ())])


def _name(transform: Any) -> str:
    return transform if isinstance(transform, str) else str(next(iter(transform)))
