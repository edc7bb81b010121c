"""Taking out of a document what its write map says the format cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from connectors._engine.paths import Every, Field, Index, Path, Root, Where, parse
from connectors._engine.values import text_of

Place: TypeAlias = tuple[str | int, ...]
_SETS = {"ids": "kind", "refs": "role"}


def in_order(tree: Any) -> Any:
    """A copy in which identifiers and references stand by kind: their order says nothing."""
    if isinstance(tree, list):
        return [in_order(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    copy = {name: in_order(value) for name, value in tree.items()}
    for name in _SETS.keys() & copy.keys():
        if not isinstance(copy[name], list):
            continue  # the references of a bank transaction are one object
        copy[name].sort(key=lambda each, by=_SETS[name]: each.get(by, ""))
    return copy


def without_losses(
    before: dict[str, Any], after: dict[str, Any], losses: Iterable[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both documents without what may be lost: whole items only from the one before."""
    first, second = in_order({"documents": [before]}), in_order({"documents": [after]})
    paths = [_rooted(parse(loss)) for loss in losses]
    for path in paths:
        if not isinstance(path[-1], Field):
            take_out(first, list(places(first, path)))
    first = emptied(first)
    for path in paths:
        if isinstance(path[-1], Field):
            found = list(places(first, path))
            take_out(first, found)
            take_out(second, found)
    return emptied(first), emptied(second)


def without_additions(
    before: dict[str, Any], after: dict[str, Any], additions: Iterable[str]
) -> dict[str, Any]:
    """The document after, without what a format makes one say that was not said before."""
    for addition in additions:
        path = _rooted(parse(addition))
        said = set(places(before, path))
        take_out(after, [each for each in places(after, path) if each not in said])
    return emptied(after)


def places(node: Any, path: Path, at: Place = ()) -> Iterator[Place]:
    """The places in a tree that a path leads to."""
    if not path:
        yield at
        return
    for name, child in _below(node, path[0]):
        yield from places(child, path[1:], at if name is None else (*at, name))


def _below(node: Any, step: Any) -> Iterator[tuple[str | int | None, Any]]:
    if isinstance(step, Field):
        if isinstance(node, dict) and step.name in node:
            yield step.name, node[step.name]
    elif not isinstance(node, list):
        if isinstance(step, Where) and holds(node, step):
            yield None, node
    else:
        for number, item in enumerate(node):
            if _chosen(number, item, step):
                yield number, item


def _chosen(number: int, item: Any, step: Any) -> bool:
    if isinstance(step, Where):
        return holds(item, step)
    return isinstance(step, Every) or (isinstance(step, Index) and number == step.position)


def holds(item: Any, where: Where) -> bool:
    """Whether an item satisfies a condition."""
    for step in where.path:
        item = item.get(step.name) if isinstance(item, dict) else None  # type: ignore[union-attr]
    if not where.values:
        return item not in (None, "")
    return (text_of(item) in where.values) != where.negated


def take_out(tree: Any, found: Iterable[Place]) -> None:
    """Leave nothing at some places, which `emptied` then removes."""
    for *above, last in found:
        node = tree
        for name in above:
            node = _child(node, name)
        if _child(node, last) is not None:
            node[last] = {}


def _child(node: Any, name: str | int) -> Any:
    try:
        return node[name]
    except (KeyError, IndexError, TypeError):
        return None


def emptied(tree: Any) -> Any:
    """A copy without objects and lists in which nothing is left."""
    if isinstance(tree, list):
        items = [emptied(each) for each in tree]
        return [each for each in items if each not in ({}, [])]
    if isinstance(tree, dict):
        pairs = {name: emptied(value) for name, value in tree.items()}
        return {name: value for name, value in pairs.items() if value not in ({}, [])}
    return tree


def _rooted(path: Path) -> Path:
    if isinstance(path[0], Root):
        return path[1:]
    return (Field("documents"), Index(0), *path)
