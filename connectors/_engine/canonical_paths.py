"""What a path leads to in the documents of a kind, told by the kind's JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canonical_model.schemas import schema
from connectors._engine.nearest import near
from connectors._engine.paths import Every, Field, Index, Path, Root, Where
from connectors.errors import PathError


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a document: its schema, and whether a path leads to several of it."""

    schema: Mapping[str, Any]
    several: bool = False

    @property
    def sort(self) -> str:
        """`object`, `array` or the type of a single value."""
        return str(self.schema.get("type", "string"))


class Kind:
    """The documents of one kind, as paths of a write map see them."""

    def __init__(self, name: str) -> None:
        self._schema = schema(name)
        self.document = Spot(self._schema)
        many = {"type": "array", "items": self._schema}
        self.payload = Spot({"type": "object", "properties": {"documents": many}})
        """What `$` is: all documents that are rendered together."""

    def follow(self, start: Spot, path: Path) -> Spot:
        """Where a path leads from a place; `PathError` where the documents have no such thing."""
        here = start
        for step in path:
            here = self._step(here, step)
        return here

    def item(self, spot: Spot) -> Spot:
        """One item of a list, or the thing itself."""
        if spot.sort != "array":
            return Spot(spot.schema)
        return self._resolved(spot.schema.get("items", {}))

    def _step(self, here: Spot, step: Any) -> Spot:
        match step:
            case Root():
                return self.payload
            case Field(name):
                return self._field(here, name)
            case Index():
                return self.item(self._list(here))
            case Every():
                return Spot(self.item(self._list(here)).schema, several=True)
            case Where():
                return self._where(self._list(here), step)
        raise AssertionError(step)

    def _field(self, here: Spot, name: str) -> Spot:
        if here.sort == "array":
            raise PathError(f"{name!r} of a list; say which item: [*], [0] or [?…]")
        known = here.schema.get("properties", {})
        if name in known:
            return Spot(self._resolved(known[name]).schema, here.several)
        if here.schema.get("additionalProperties"):
            return Spot({}, here.several)
        raise PathError(f"no canonical field {name!r}; {near(name, known)}")

    def _list(self, here: Spot) -> Spot:
        if here.sort != "array" and not here.several:
            raise PathError(f"an item of what is no list but one {here.sort}; leave the bracket")
        return here

    def _where(self, here: Spot, where: Where) -> Spot:
        item = self.item(here)
        found = self.follow(item, where.path)
        if where.other:
            self.follow(self.payload, where.other)
        allowed = found.schema.get("enum", where.values)
        for value in where.values:
            if value not in allowed:
                raise PathError(f"{value!r} is never there; {near(value, allowed)}")
        return Spot(item.schema, several=True)

    def _resolved(self, found: Mapping[str, Any]) -> Spot:
        if "$ref" in found:
            return self._resolved(self._schema["$defs"][found["$ref"].rpartition("/")[2]])
        return Spot(found)
