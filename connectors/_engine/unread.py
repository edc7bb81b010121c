"""What a map did not read: the same functions, run over a tree that notes each look-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors._engine.paths import Dialect, quoted
from connectors._engine.values import text_of
from connectors._engine.xml_view import NAMESPACE


class Noting(dict):  # type: ignore[type-arg]
    """An object that remembers which of its leaves were asked for."""

    __slots__ = ("asked",)

    def __init__(self, plain: dict[str, Any]) -> None:
        super().__init__({name: watch(value) for name, value in plain.items()})
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


class NotingList(list):  # type: ignore[type-arg]
    """A list of watched things."""


def watch(value: Any) -> Any:
    """A watched copy of a tree."""
    if isinstance(value, dict):
        return Noting(value)
    return NotingList(watch(item) for item in value) if isinstance(value, list) else value


def unread_leaves(tree: Any, records: list[Any], dialect: Dialect) -> list[list[tuple[str, str]]]:
    """Path and text of each leaf that was never asked for, by the record it lies in.

    What lies outside of all records is the first one's; empty leaves say nothing and are left.
    """
    found: list[list[tuple[str, str]]] = [[] for _ in records]
    owners = {id(r): n for n, r in enumerate(records) if isinstance(r, Noting | NotingList)}
    if records:
        _Walk(dialect, owners, found).leaves(tree, "", 0, asked=False)
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk through a watched tree."""

    dialect: Dialect
    owners: dict[int, int]
    found: list[list[tuple[str, str]]]

    def leaves(self, node: Any, path: str, owner: int, *, asked: bool) -> None:
        """Note the leaves below a node that nobody asked for."""
        if isinstance(node, Noting):
            owner = self.owners.get(id(node), owner)
            for name, value in node.items():
                self.leaves(value, self._below(path, name), owner, asked=name in node.asked)
        elif isinstance(node, list):
            owner = self.owners.get(id(node), owner)
            for position, item in enumerate(node):
                self.leaves(item, self._item(path, node, position), owner, asked=asked)
        elif not asked and node not in (None, "") and path != NAMESPACE:
            self.found[owner].append((path, text_of(node) or ""))

    def _below(self, path: str, name: str) -> str:
        if self.dialect == "xml":
            return path if name == "#" else f"{path}/{name}".removeprefix("/")
        return f"{path}.{quoted(name)}".removeprefix(".")

    def _item(self, path: str, items: list[Any], position: int) -> str:
        if self.dialect == "xml":
            return path if len(items) == 1 else f"{path}[{position + 1}]"
        return f"{path}[{position}]"
