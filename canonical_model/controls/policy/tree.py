"""Reading nodes of a parsed tree: what is missing, strange or misspelled becomes a fault."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from canonical_model.controls.policy.faults import Faults, quoted
from canonical_model.controls.policy.literals import NotOfType, literal
from canonical_model.controls.policy.model import Span

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """A mapping of the tree, its path, and where faults go."""

    body: dict[str, Any]
    path: str
    faults: Faults

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def only(self, *keys: str) -> None:
        """Every other key is a fault."""
        for key in self.body:
            if key not in keys:
                self.faults.unknown(self.at(str(key)[:40]), "key", key, keys)

    def value(self, key: str, kind: str, *, needed: bool = False) -> Any:
        """The value of a key, of a type; None when it is absent or wrong."""
        if key not in self.body:
            if needed:
                self.faults.add(self.at(key), "missing", f"{key} is missing; state it")
            return None
        try:
            return literal(self.body[key], kind)
        except NotOfType as fault:
            self.faults.add(self.at(key), "wrong_type", str(fault))
            return None

    def choice(self, key: str, choices: tuple[str, ...], *, needed: bool = False) -> Any:
        """One of the choices; None when it is absent or none of them."""
        value = self.value(key, "text", needed=needed)
        if value is not None and value not in choices:
            self.faults.unknown(self.at(key), key, value, choices)
            return None
        return value

    def count(self, key: str, usual: int | None) -> Any:
        """A whole number, not negative."""
        if key not in self.body:
            return usual
        value = self.body[key]
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST:
            return value
        message = f"found {quoted(value)}; a whole number below {_MOST} works"
        self.faults.add(self.at(key), "wrong_type", message)
        return usual

    def node(self, key: str) -> Node | None:
        """The mapping below a key; None when there is none."""
        return self._mapping(self.body[key], self.at(key)) if key in self.body else None

    def nodes(self, key: str) -> Iterator[Node]:
        """The mappings in the list below a key."""
        found = self.body.get(key, [])
        if not isinstance(found, list):
            message = f"found {quoted(found)}; a list of mappings works"
            self.faults.add(self.at(key), "wrong_type", message)
            return
        for at, each in enumerate(found):
            node = self._mapping(each, f"{self.at(key)}[{at}]")
            if node is not None:
                yield node

    def named(self, key: str) -> Iterator[tuple[str, Node]]:
        """The mappings below a key by their names."""
        below = self.node(key)
        for name in below.body if below is not None else ():
            node = below.node(name) if below is not None else None
            if node is not None:
                yield str(name), node

    def span(self, key: str) -> Span | None:
        """`{from: day, to: day}`."""
        node = self.node(key)
        if node is None:
            return None
        node.only("from", "to")
        start: datetime.date | None = node.value("from", "date")
        end: datetime.date | None = node.value("to", "date")
        if start is not None and end is not None and end < start:
            self.faults.add(node.at("to"), "reversed", f"ends on {end}, before it starts")
        return Span(start=start, end=end)

    def _mapping(self, value: Any, path: str) -> Node | None:
        if isinstance(value, dict):
            return Node(value, path, self.faults)
        self.faults.add(path, "wrong_type", f"found {quoted(value)}; a mapping works")
        return None
