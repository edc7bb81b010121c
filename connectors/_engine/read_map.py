"""A read map, compiled: a function from a decoded payload to documents with their sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any, TypeVar

from canonical_model.base.issue import Issue
from canonical_model.documents import KINDS, AnyDocument
from canonical_model.envelope import Source
from connectors._engine.blocks import Blocks
from connectors._engine.checking import each_paths
from connectors._engine.emit import Function
from connectors._engine.holders import held
from connectors._engine.leaves import Leaves
from connectors._engine.lineage import Lineage
from connectors._engine.paths import Dialect, Path, parse, spell
from connectors._engine.program import Program
from connectors._engine.run_state import Chain, Place, Run, numbered
from connectors._engine.scope import Scope
from connectors._engine.unread import Noting, NotingList, unread_leaves, watch
from connectors._engine.values import text_of

_T = TypeVar("_T", bound=tuple[Any, ...])
_POSITION = re.compile(r"\[-?\d*\*?\]")
_WILD = re.compile(r"\\\*\\\*(?:\\\.|/|$)|\\\*")
_WAYS = {r"\*": "[^./]*", r"\*\*": ".*"}
_NOWHERE = Source()
XML_CODECS = frozenset({"xml", "ofx", "pdf", "iso20022"})


def dialect_of(codec: str) -> Dialect:
    """The paths that maps of a codec are written in."""
    return "xml" if codec in XML_CODECS else "tree"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One document of a payload: what it says, where it stood, what did not fit."""

    document: AnyDocument
    source: Source
    issues: list[Issue]
    position: str
    index: int = 0


@dataclass(frozen=True)
class ReadMap:
    """A compiled read map."""

    name: str
    document: str
    dialect: Dialect
    codec: str
    version: int
    places: tuple[Place, ...]
    lineage: tuple[Lineage, ...]
    known_losses: tuple[str, ...]
    _program: Program
    _source_entry: str
    _record_path: str
    _elsewhere: tuple[Callable[[], ReadMap], ...] = ()
    """The same map for records that lie elsewhere: made and tried in turn where it finds none."""
    _loaded: dict[str, Any] = field(default_factory=dict)

    def run(self, tree: Any) -> Iterator[Mapped]:
        """The documents in a decoded payload, in its order."""
        found = self._fitting(tree)
        yield from found._run(tree, found._functions(dict, list))

    def chain(self, tree: Any) -> Chain:
        """What holds the entries of the first record, when they come one by one."""
        found = self._fitting(tree)
        for _, node, run in found._taken(tree, found._functions(dict, list)):
            return node, run.up
        return None

    def at(self, node: Any, root: Any, position: int, chain: Chain = None) -> Mapped:
        """The document of one record, whatever its payload: for entries that stream in."""
        build = self._functions(dict, list)[2]
        run = Run(self.places, root, int(self.dialect == "xml"))
        run.up = chain
        run.positions.append(position)
        document = build(node, run)
        return Mapped(document, _NOWHERE, run.issues, "")

    def unmapped(self, tree: Any) -> list[list[tuple[str, str]]]:
        """For each document of `run`, path and text of the leaves that no rule reads."""
        return unread_together([self], tree)

    def noted(self, watched: Any) -> list[tuple[int, Any]]:
        """The records it takes of a watched tree, with their positions, after reading them."""
        found = self._fitting(watched)
        functions = found._functions(Noting, NotingList)
        for _ in found._run(watched, functions):
            pass
        return [(position, node) for position, node, _ in found._taken(watched, functions)]

    def standing(self, tree: Any) -> tuple[str, int]:
        """Where its records lie, and how many lie there, its own or not."""
        found = self._fitting(tree)
        return found._record_path, len(found._functions(dict, list)[0](tree, Run((), tree)))

    def is_known(self, path: str) -> bool:
        """Whether the map says that it leaves this leaf, and all below it, on purpose."""
        return self._lost(_POSITION.sub("", path)) is not None

    @cached_property
    def _lost(self) -> Callable[[str], Any]:
        ways = [_way(_POSITION.sub("", each)) for each in self.known_losses]
        return re.compile(rf"(?:{'|'.join(ways) or '(?!)'})(?:[./].*)?").fullmatch

    def _fitting(self, tree: Any) -> ReadMap:
        """This map, or the first of the others that leads to any records."""
        if not self._elsewhere:
            return self
        kinds = (Noting, NotingList) if isinstance(tree, Noting | NotingList) else (dict, list)
        each: ReadMap
        for made in (lambda: self, *self._elsewhere):
            each = made()
            if each._functions(*kinds)[0](tree, Run((), tree)):
                return each
        return self

    def _functions(self, objects: type, lists: type) -> tuple[Callable[..., Any], ...]:
        key = objects.__name__
        if key not in self._loaded:
            self._loaded[key] = self._program.load(objects, lists)
        names = ("records", "applies", "document", self._source_entry)
        return tuple(self._loaded[key][name] for name in names)

    def _run(self, tree: Any, functions: tuple[Callable[..., Any], ...]) -> Iterator[Mapped]:
        build, origin = functions[2:]
        for position, node, run in self._taken(tree, functions):
            run.positions.append(position)
            document = build(node, run)
            source = origin(node, run) or Source()
            where = numbered(self._record_path, run.positions, run.base)
            yield Mapped(document, source, run.issues, where, position)

    def _taken(
        self, tree: Any, functions: tuple[Callable[..., Any], ...]
    ) -> Iterator[tuple[int, Any, Run]]:
        """The records that are this map's, with their positions."""
        records, applies = functions[:2]
        for position, (node, chain) in enumerate(records(tree, Run((), tree))):
            run = Run(self.places, tree, int(self.dialect == "xml"))
            run.up = chain
            if applies(node, run):
                yield position, node, run


def unread_together(maps: Sequence[ReadMap], tree: Any) -> list[list[tuple[str, str]]]:
    """For each document that some maps make of a payload, the leaves that no rule of them reads.

    Runs the maps once more to see. What lies outside of all documents is with the first.
    """
    watched = watch(tree)
    noted = [(each.standing(tree)[0], each.noted(watched)) for each in maps]
    found = [(place, position, node) for place, taken in noted for position, node in taken]
    nodes = [node for _, _, node in in_order(found)]
    unread = unread_leaves(watched, nodes, maps[0].dialect)
    return [[e for e in leaves if not any(m.is_known(e[0]) for m in maps)] for leaves in unread]


def in_order(found: Iterable[_T]) -> list[_T]:
    """What several maps took, told by place and position: that of one place in its order."""
    known = list(found)
    ranks = {place: rank for rank, place in enumerate(dict.fromkeys(each[0] for each in known))}
    return sorted(known, key=lambda each: (ranks[each[0]], each[1]))


def _way(loss: str) -> str:
    """A path in which `*` stands for any name and `**` for any number of steps, as a pattern."""
    return _WILD.sub(lambda found: _WAYS.get(found[0], "(?:[^./]+[./])*"), re.escape(loss))


def compile_read(
    name: str, spec: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
) -> ReadMap:
    """Compile a map that has been checked, once for each place where its records may lie."""
    first, *others = (
        cache(partial(_compiled, name, {**spec, "each": each}, tables)) for each in each_paths(spec)
    )
    return replace(first(), _elsewhere=tuple(others)) if others else first()


def _compiled(
    name: str, spec: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
) -> ReadMap:
    dialect = dialect_of(spec["codec"])
    program = Program(dialect)
    program.constants["text_of"] = text_of
    places: list[Place] = []
    lineage: list[Lineage] = []
    leaves = Leaves(program, {**tables, **spec.get("tables", {})}, places, lineage)
    blocks = Blocks(program, leaves, dict(spec.get("fragments", {})))
    path = parse(str(spec["each"]), dialect)
    scope = _scope(path, dialect)
    _document(blocks, spec, scope)
    blocked = {name: spec.get(name) for name in ("use", "fields", "source", "when") if name in spec}
    _records(program, path, outside=blocks.outlook.looks_above(blocked))
    _applies(blocks, spec)
    origin = blocks.function({"fields": spec.get("source", {})}, Source, scope, always=True)
    return ReadMap(
        name=name,
        document=spec["document"],
        dialect=dialect,
        codec=spec["codec"],
        version=int(spec.get("version", 1)),
        places=tuple(places),
        lineage=tuple(lineage),
        known_losses=tuple(spec.get("known_losses", ())),
        _program=program,
        _source_entry=origin,
        _record_path=scope.source,
    )


def _scope(path: Path, dialect: Dialect) -> Scope:
    """Where the records stand in the payload."""
    scope = Scope(joint="." if dialect == "tree" else "/")
    return scope.every(spell(path, dialect)) if path else scope


def _document(blocks: Blocks, spec: Mapping[str, Any], scope: Scope) -> None:
    """The document is built even where nothing was found: its issues then say what it lacks."""
    block = {name: spec[name] for name in ("use", "fields") if name in spec}
    made = blocks.function(block, KINDS[spec["document"]], scope, always=True)
    whole = Function(blocks.program, "document")
    whole.line(f"return {made}(n, x)")
    blocks.program.add(whole)


def _applies(blocks: Blocks, spec: Mapping[str, Any]) -> None:
    """Which of the records are this map's."""
    test = Function(blocks.program, "applies")
    held = blocks.leaves.condition(test, "n", spec["when"]) if "when" in spec else "True"
    test.line(f"return {held}")
    blocks.program.add(test)


def _records(program: Program, path: Path, *, outside: bool) -> None:
    """The records, each with what holds it where the map asks for that."""
    found = Function(program, "records")
    if outside:
        found.line(f"return {held(found, 'n', path)}")
    else:
        found.line(f"return [(c, None) for c in {found.nodes('n', path) if path else '(n,)'}]")
    program.add(found)
