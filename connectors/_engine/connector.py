"""A connector: one folder of data, whose maps are checked and compiled when first used."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import astuple

from connectors._engine.checking import Checker
from connectors._engine.checking_write import WriteChecker
from connectors._engine.contract import Problem, schema_problems, told
from connectors._engine.heads import head_of, looks_of
from connectors._engine.known import Known, known_of
from connectors._engine.read_map import ReadMap, compile_read, dialect_of
from connectors._engine.recognition import Recogniser, Recognition
from connectors._engine.write_map import WriteMap, compile_write
from connectors._engine.yaml_file import YamlFile, read_yaml
from connectors.errors import MapError, PathError, UnknownConnector

Read: TypeAlias = Callable[[Path], YamlFile]
_BARE = {"format": 1, "document": "?", "codec": "?"}


@dataclass
class Connector:
    """One folder: its manifest and its maps, with overlays laid over them."""

    name: str
    folder: Path
    overlays: tuple[Path, ...] = ()
    learnt: bool = True
    """Whether it may go by what was learnt of its files before."""
    _maps: dict[str, ReadMap] = field(default_factory=dict)
    _writers: dict[str, WriteMap] = field(default_factory=dict)
    _specs: dict[str, tuple[dict[str, Any], list[YamlFile]]] = field(default_factory=dict)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, checked."""
        file = self._manifest_file
        content: dict[str, Any] = file.content
        if self._known:
            return content
        shared = ("tables", "fragments")
        if not (problems := list(schema_problems("manifest", content))):
            parts = {name: content[name] for name in shared if name in content}
            problems += schema_problems("map", {**_BARE, **parts})
        if problems:
            raise MapError(told([file], problems))
        return content

    @cached_property
    def _known(self) -> Known | None:
        """What is known of it without reading: its files are sound, and what they recognise."""
        overlaid = any((overlay / self.name).exists() for overlay in self.overlays)
        return known_of(self.name, self.folder) if self.learnt and not overlaid else None

    @cached_property
    def _manifest_file(self) -> YamlFile:
        return self._read(self.folder / "manifest.yaml")

    def map_names(self, direction: str = "read") -> list[str]:
        """The resources that have a map of this direction, own and overlaid."""
        folders = (self.folder, *(o / self.name for o in self.overlays))
        ending = f".{direction}.yaml"
        found = {p.name.removesuffix(ending) for f in folders for p in f.glob(f"maps/*{ending}")}
        return sorted(found)

    def spec(self, resource: str, direction: str = "read") -> dict[str, Any]:
        """A map as it is after `extends` and overlays, checked against the contract."""
        return self._layers(resource, direction)[0]

    def _layers(self, resource: str, direction: str) -> tuple[dict[str, Any], list[YamlFile]]:
        """A map and the files it is made of, the uppermost first."""
        stem = f"{resource}.{direction}"
        if stem not in self._specs:
            files = self._files(resource, direction, self._read)
            self._specs[stem] = _laid(files, checked=self._known is not None)
        return self._specs[stem]

    def _files(self, resource: str, direction: str, read: Read) -> list[YamlFile]:
        """The files of a map, those that lie above after those below."""
        folders = (self.folder, *(o / self.name for o in self.overlays))
        paths = [folder / "maps" / f"{resource}.{direction}.yaml" for folder in folders]
        files = [file for p in paths if p.exists() for file in self._extended(p, read)]
        if not files:
            raise self._unknown(resource, direction)
        return files

    def read_map(self, resource: str) -> ReadMap:
        """The compiled read map of a resource; `MapError` carries all that is wrong with it."""
        if resource not in self._maps:
            self._maps[resource] = self._compile(resource)
        return self._maps[resource]

    def entry_map(self, resource: str) -> ReadMap:
        """The map of one bank transaction by itself, for statements that stream."""
        name = f"{resource}.entry"
        if name not in self._maps:
            self.read_map(resource)  # the whole is checked before a part of it is used
            spec = self._layers(resource, "read")[0]
            fragments = {**self.manifest.get("fragments", {}), **spec.get("fragments", {})}
            entry = entry_spec({**spec, "fragments": fragments})
            tables = self.manifest.get("tables", {})
            self._maps[name] = compile_read(f"{self.name}/{resource}.read", entry, tables)
        return self._maps[name]

    def write_map(self, resource: str) -> WriteMap:
        """The compiled write map of a resource."""
        if resource not in self._writers:
            self._writers[resource] = self._compile_write(resource)
        return self._writers[resource]

    def _compile_write(self, resource: str) -> WriteMap:
        spec, files = self._layers(resource, "write")
        fragments = {**self.manifest.get("fragments", {}), **spec.get("fragments", {})}
        spec = {**spec, "fragments": fragments}
        tables: Mapping[str, Any] = self.manifest.get("tables", {})
        if not self._known:
            _refuse([*files, self._manifest_file], WriteChecker(spec, tables).problems())
        return compile_write(f"{self.name}/{resource}.write", spec, tables)

    def _compile(self, resource: str) -> ReadMap:
        spec, files = self._layers(resource, "read")
        fragments = {**self.manifest.get("fragments", {}), **spec.get("fragments", {})}
        spec = {**spec, "fragments": fragments}
        tables: Mapping[str, Any] = self.manifest.get("tables", {})
        dialect = dialect_of(spec["codec"])
        if not self._known:
            _refuse([*files, self._manifest_file], Checker(spec, dialect, tables).problems())
        return compile_read(f"{self.name}/{resource}.read", spec, tables)

    @cached_property
    def recognition(self) -> Recognition:
        """What its read maps recognise, to choose between them."""
        return Recognition(self.recognisers)

    @cached_property
    def recognisers(self) -> tuple[Recogniser, ...]:
        """What each read map recognises."""
        if known := self._known:
            return tuple(
                Recogniser(f"{self.name}/{n}", codec, spec, dialect_of(codec), conditions)
                for n, codec, spec, conditions in map(astuple, known.looks)
            )
        return tuple(r for resource in self.map_names() for r in self._recognisers(resource))

    def _recognisers(self, resource: str) -> list[Recogniser]:
        """Those of one map, of whose files no more than the heads are read."""
        try:
            return self._looks(resource, self._head(resource))
        except (MapError, PathError, TypeError, ValueError, KeyError, AttributeError):
            self.read_map(resource)  # tells all that is wrong with it
            return self._looks(resource, self.spec(resource))

    def _looks(self, resource: str, head: dict[str, Any]) -> list[Recogniser]:
        looks = looks_of(head)
        if looks is None:
            raise ValueError(resource)
        dialect = dialect_of(head["codec"])
        return [Recogniser(f"{self.name}/{resource}", head["codec"], e, dialect) for e in looks]

    def _head(self, resource: str) -> dict[str, Any]:
        """What the heads of a map's files come to."""
        head: dict[str, Any] = {}
        for file in self._files(resource, "read", self._read_head):
            head = merged(head, file.content)
        return head

    def _read_head(self, path: Path) -> YamlFile:
        return YamlFile(path.name, head_of(path.name, self._text(path)), {})

    def _extended(self, path: Path, read: Read, above: tuple[Path, ...] = ()) -> list[YamlFile]:
        """A file below those that it extends."""
        file = read(path)
        if not isinstance(file.content, dict):
            raise MapError(told([file], [((), "a map is an object; begin with `format: 1`")]))
        if "extends" not in file.content:
            return [file]
        name = f"{file.content['extends']}.yaml"
        beside = path.parent / name
        below = beside if beside.exists() else self.folder / "maps" / name
        if below in (path, *above):
            raise MapError(told([file], [(("extends",), f"{name} extends itself")]))
        if not below.exists():
            raise MapError(told([file], [(("extends",), f"no {name} beside it")]))
        return [*self._extended(below, read, (path, *above)), file]

    def _read(self, path: Path) -> YamlFile:
        return read_yaml(self._named(path), self._text(path))

    def _named(self, path: Path) -> str:
        return f"{self.name}/{path.name}" if self.folder in path.parents else path.as_posix()

    def _text(self, path: Path) -> str:
        name = self._named(path)
        try:
            return path.read_text("utf-8")
        except OSError as error:
            raise MapError([f"{name}: cannot be read: {error.strerror}"]) from error
        except UnicodeDecodeError as error:
            raise MapError([f"{name}: not UTF-8 at byte {error.start}; save it as such"]) from error

    def _unknown(self, resource: str, direction: str) -> UnknownConnector:
        known = self.map_names(direction)
        near = difflib.get_close_matches(resource, known, n=3) or known
        return UnknownConnector(
            f"{self.name} cannot {direction} {resource!r}; it can {', '.join(near) or 'nothing'}"
        )


def _refuse(files: list[YamlFile], problems: Iterable[Problem]) -> None:
    if found := told(files, problems):
        raise MapError(found)


def _laid(files: list[YamlFile], *, checked: bool) -> tuple[dict[str, Any], list[YamlFile]]:
    """Files laid over each other, the lowest first; what comes of it follows the contract."""
    spec: dict[str, Any] = {}
    for file in files:
        spec = merged(spec, file.content)
    upper = files[::-1]
    if not checked and (problems := told(upper, schema_problems("map", spec))):
        raise MapError(problems)
    return spec, upper


def entry_spec(spec: dict[str, Any]) -> dict[str, Any]:
    """A statement's map as that of its entries alone."""
    block = spec.get("fields", {}).get("transactions")
    if not isinstance(block, dict) or "each" not in block:
        raise MapError(["a statement that streams has one block of transactions with `each`"])
    inside = {name: block[name] for name in ("use", "fields") if name in block}
    rest = {name: spec[name] for name in spec if name not in ("use", "fields", "when", "source")}
    return {**rest, **inside, "document": "bank_transaction", "each": "."}


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """One map over another: objects merge by name, anything else is replaced."""
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        if isinstance(old, dict) and isinstance(value, dict) and not _is_value(old, value):
            value = merged(old, value)
        result[name] = value
    return result


def _is_value(*specs: dict[str, Any]) -> bool:
    """A path or constant is replaced as a whole; only named things are merged."""
    return any({"path", "const", "first", "all"} & spec.keys() for spec in specs)
