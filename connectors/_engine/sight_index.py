"""Which recognisers are worth asking: found by codec, root and type, then by what lies at a path.

Each recogniser hangs at the one of its conditions that fewest others share. A payload is walked
only where recognisers hang, so that hundreds of maps cost no more than the few that may claim it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from connectors._engine.paths import Dialect, Field, Index, Path, Root, parse
from connectors._engine.values import text_of

Steps: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[Steps, str | None]
"""A path without what follows a list, and the text that stands there if the condition says one."""
_Bucket: TypeAlias = tuple[str, str, str]


class Looks(Protocol):
    """What is to be found again."""

    codec: str
    spec: dict[str, Any]
    conditions: list[list[Spot]]


R = TypeVar("R", bound=Looks)


@dataclass(slots=True)
class _Node(Generic[R]):
    """What hangs at a path, and what hangs below it."""

    here: list[R] = field(default_factory=list)
    texts: dict[str, list[R]] = field(default_factory=dict)
    names: dict[str, _Node[R]] = field(default_factory=dict)
    items: dict[int, _Node[R]] = field(default_factory=dict)

    def below(self, step: str | int) -> _Node[R]:
        """The node of a step, made where it is not there yet."""
        if isinstance(step, str):
            return self.names.setdefault(step, _Node())
        return self.items.setdefault(step, _Node())


class SightIndex(Generic[R]):
    """Recognisers, each under one condition that its payloads must meet."""

    def __init__(self, recognisers: Iterable[R]) -> None:
        self._grouped: dict[_Bucket, list[R]] = {}
        self._trees: dict[_Bucket, _Node[R]] = {}
        for each in recognisers:
            for bucket in _buckets(each):
                self._grouped.setdefault(bucket, []).append(each)

    def plausible(self, codec: str, root: str, kind: str, tree: Any) -> Iterator[R]:
        """Those that may claim such a payload; all others certainly do not."""
        for bucket in {(codec, r, k) for r in ("", root) for k in ("", kind)}:
            if bucket in self._grouped:
                yield from _walked(self._tree(bucket), tree)

    def _tree(self, bucket: _Bucket) -> _Node[R]:
        """What hangs where, made when a payload of that sort comes."""
        if bucket not in self._trees:
            self._trees[bucket] = _hung(self._grouped[bucket])
        return self._trees[bucket]


def _hung(known: list[R]) -> _Node[R]:
    shared = Counter(spot for each in known for spots in each.conditions for spot in spots)
    root: _Node[R] = _Node()
    for each in known:
        for steps, text in _rarest(each.conditions, shared):
            node = root
            for step in steps:
                node = node.below(step)
            (node.here if text is None else node.texts.setdefault(text, [])).append(each)
    return root


def _buckets(each: Looks) -> list[_Bucket]:
    spec = each.spec
    return [(each.codec, spec.get("root", ""), kind) for kind in spec.get("type", ("",))]


def _rarest(conditions: list[list[Spot]], shared: Counter[Spot]) -> list[Spot]:
    """The condition that fewest recognisers have in common; the deeper one of two."""

    def rank(spots: list[Spot]) -> tuple[int, int]:
        return max(shared[spot] for spot in spots), -min(len(spot[0]) for spot in spots)

    return min(conditions, key=rank, default=[((), None)])


def conditions_of(spec: dict[str, Any], dialect: Dialect) -> list[list[Spot]]:
    """What must be there: of each condition the spots of which one at least is."""
    found: list[list[Spot]] = [
        [(_steps(parse(path, dialect), dialect), None)] for path in _has(spec)
    ]
    where = spec.get("where", [])
    for test in where if isinstance(where, list) else [where]:
        if isinstance(test, dict) and ("equals" in test or "in" in test):
            path = parse(test["path"], dialect)
            steps, whole = _steps(path, dialect), _is_plain(path)
            wanted = test.get("in", [test.get("equals")])
            texts: set[str | None] = {text_of(text) for text in wanted} if whole else {None}
            found.append([(steps, text) for text in sorted(texts, key=str)])
    return [spots for spots in found if spots and all(steps for steps, _ in spots)]


def _has(spec: dict[str, Any]) -> Iterator[str]:
    """The paths that must be there."""
    yield from spec.get("has", ())
    where = spec.get("where", [])
    for test in where if isinstance(where, list) else [where]:
        if isinstance(test, str):
            yield test
        elif test.keys() == {"path"} or test.get("present") is True:
            yield test["path"]


def _is_plain(path: Path) -> bool:
    return all(isinstance(step, Field | Index | Root) for step in path)


def _steps(path: Path, dialect: Dialect) -> Steps:
    """The names and positions of a path, as far as they lead to one place."""
    found: list[str | int] = []
    for number, step in enumerate(path):
        if isinstance(step, Index):
            found.append(step.position)
        elif isinstance(step, Field):
            found.append(step.name)
            numbered = number + 1 < len(path) and isinstance(path[number + 1], Index)
            if dialect == "xml" and step.name[0] not in "@#" and not numbered:
                found.append(0)
        elif not isinstance(step, Root):
            break
    return tuple(found)


def _walked(node: _Node[R], value: Any) -> Iterator[R]:
    """What hangs on the way through a payload."""
    yield from node.here
    if node.texts:
        yield from _texted(node.texts, value)
    if node.names and isinstance(value, dict):
        fewer, more = sorted((node.names, value), key=len)
        for name in fewer:
            if name in more and value[name] is not None:
                yield from _walked(node.names[name], value[name])
    for position, below in node.items.items():
        if not isinstance(value, list):
            # One thing is a list of one.
            yield from _walked(below, value) if position in (0, -1) else ()
        elif -len(value) <= position < len(value):
            yield from _walked(below, value[position])


def _texted(texts: dict[str, list[R]], value: Any) -> Iterator[R]:
    if isinstance(value, dict):
        value = value.get("#")
    for each in value if isinstance(value, list) else (value,):
        yield from texts.get(text_of(each) or "", ())
