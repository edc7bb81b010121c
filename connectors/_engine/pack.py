"""The connectors there are: folders of data, found, checked and compiled when first used."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors._engine.checking import Checker, schema_problems, told
from connectors._engine.checking_write import WriteChecker
from connectors._engine.paths import Dialect
from connectors._engine.read_map import XML_CODECS, ReadMap, compile_read
from connectors._engine.recognition import Recogniser
from connectors._engine.write_map import WriteMap, compile_write
from connectors._engine.yaml_file import YamlFile, read_yaml
from connectors.errors import MapError, UnknownConnector

_BARE = {"format": 1, "document": "?", "codec": "?"}
BUILT_IN = Path(__file__).parent.parent


@dataclass
class Connector:
    """One folder: its manifest and its maps, with overlays laid over them."""

    name: str
    folder: Path
    overlays: tuple[Path, ...] = ()
    _maps: dict[str, ReadMap] = field(default_factory=dict)
    _writers: dict[str, WriteMap] = field(default_factory=dict)
    _specs: dict[str, tuple[dict[str, Any], list[YamlFile]]] = field(default_factory=dict)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, checked."""
        file = self._manifest_file
        content = file.content
        shared = ("tables", "fragments")
        if not (problems := list(schema_problems("manifest", content))):
            parts = {name: content[name] for name in shared if name in content}
            problems += schema_problems("map", {**_BARE, **parts})
        if problems:
            raise MapError(told([file], problems))
        found: dict[str, Any] = content
        return found

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
            folders = (self.folder, *(o / self.name for o in self.overlays))
            paths = [folder / "maps" / f"{stem}.yaml" for folder in folders]
            files = [file for path in paths if path.exists() for file in self._extended(path)]
            if not files:
                raise self._unknown(resource, direction)
            self._specs[stem] = _laid(files)
        return self._specs[stem]

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
        found = told([*files, self._manifest_file], WriteChecker(spec, tables).problems())
        if found:
            raise MapError(found)
        return compile_write(f"{self.name}/{resource}.write", spec, tables)

    def _compile(self, resource: str) -> ReadMap:
        spec, files = self._layers(resource, "read")
        fragments = {**self.manifest.get("fragments", {}), **spec.get("fragments", {})}
        spec = {**spec, "fragments": fragments}
        tables: Mapping[str, Any] = self.manifest.get("tables", {})
        dialect: Dialect = "xml" if spec["codec"] in XML_CODECS else "tree"
        found = told([*files, self._manifest_file], Checker(spec, dialect, tables).problems())
        if found:
            raise MapError(found)
        return compile_read(f"{self.name}/{resource}.read", spec, tables)

    @cached_property
    def recognisers(self) -> tuple[Recogniser, ...]:
        """What each read map recognises."""
        return tuple(self._recognisers())

    def _recognisers(self) -> Iterator[Recogniser]:
        for resource in self.map_names():
            spec, files = self._layers(resource, "read")
            dialect: Dialect = "xml" if spec["codec"] in XML_CODECS else "tree"
            if problems := told(files, Checker(spec, dialect, {}).sight()):
                raise MapError(problems)
            name = f"{self.name}/{resource}"
            looks = spec.get("recognises", {})
            for look in looks if isinstance(looks, list) else [looks]:
                yield Recogniser(name, spec["codec"], look, dialect)

    def _extended(self, path: Path, above: tuple[Path, ...] = ()) -> list[YamlFile]:
        """A file below those that it extends."""
        file = self._read(path)
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
        return [*self._extended(below, (path, *above)), file]

    def _read(self, path: Path) -> YamlFile:
        own = self.folder in path.parents
        name = f"{self.name}/{path.name}" if own else path.as_posix()
        try:
            return read_yaml(name, path.read_text("utf-8"))
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


def _laid(files: list[YamlFile]) -> tuple[dict[str, Any], list[YamlFile]]:
    """Files laid over each other, the lowest first; what comes of it follows the contract."""
    spec: dict[str, Any] = {}
    for file in files:
        spec = merged(spec, file.content)
    upper = files[::-1]
    if problems := told(upper, schema_problems("map", spec)):
        raise MapError(problems)
    return spec, upper


def entry_spec(spec: dict[str, Any]) -> dict[str, Any]:
    """A statement's map as that of its entries alone."""
    block = spec.get("fields", {}).get("transactions")
    if not isinstance(block, dict) or "each" not in block:
        raise MapError(["a statement that streams has one block of transactions with `each`"])
    inside = {name: block[name] for name in ("use", "fields") if name in block}
    rest = {name: spec[name] for name in spec if name not in ("use", "fields", "when")}
    source = {"object_type": {"const": "transaction"}}
    return {**rest, **inside, "document": "bank_transaction", "each": ".", "source": source}


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


class Pack:
    """All connectors of some roots, with overlays."""

    def __init__(
        self, roots: tuple[Path, ...] = (BUILT_IN,), overlays: tuple[Path, ...] = ()
    ) -> None:
        self.connectors: dict[str, Connector] = {}
        for root in (*roots, *overlays):
            for manifest in sorted(root.glob("[!_]*/*/manifest.yaml")):
                folder = manifest.parent
                name = f"{folder.parent.name}/{folder.name}"
                self.connectors.setdefault(name, Connector(name, folder, overlays))
        _check_overlays(overlays, self.connectors)

    def __getitem__(self, name: str) -> Connector:
        if name in self.connectors:
            return self.connectors[name]
        short = [each for each in self.connectors if each.partition("/")[2] == name]
        if len(short) == 1:
            return self.connectors[short[0]]
        known = sorted(self.connectors)
        near = difflib.get_close_matches(name, known, n=3) or known
        raise UnknownConnector(f"no connector {name[:40]!r}; there are {', '.join(near) or 'none'}")

    @cached_property
    def recognisers(self) -> tuple[Recogniser, ...]:
        """What all read maps recognise."""
        return tuple(r for each in self.connectors.values() for r in each.recognisers)


def _check_overlays(overlays: tuple[Path, ...], known: Mapping[str, Connector]) -> None:
    """A misspelt folder or file of an overlay would do nothing, and nobody would notice."""
    problems = [f"{o}: no such folder; an overlay is one" for o in overlays if not o.is_dir()]
    for overlay in overlays:
        for path in sorted(overlay.glob("*/*/*")):
            name = path.parent.relative_to(overlay).as_posix()
            if name not in known:
                near = difflib.get_close_matches(name, known, n=3) or sorted(known)[:12]
                problems.append(f"{path.parent}: no connector {name}; there are {', '.join(near)}")
        for path in sorted(overlay.glob("*/*/maps/*")):
            if not path.name.endswith((".read.yaml", ".write.yaml")):
                problems.append(f"{path}: no map; name it <resource>.read.yaml or .write.yaml")
    if problems:
        raise MapError(list(dict.fromkeys(problems)))
