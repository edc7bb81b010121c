"""Small maps, compiled and run without a folder: what a test says is all there is."""

from __future__ import annotations

from typing import Any

from lxml import etree

from canonical_model import wire
from canonical_model.base.issue import Issue
from connectors._engine.checking import Checker
from connectors._engine.read_map import ReadMap, compile_read
from connectors._engine.run_state import Place, Run
from connectors._engine.xml_view import whole
from connectors._engine.yaml_file import read_yaml


def compiled(text: str, *, codec: str = "json", document: str = "invoice") -> ReadMap:
    """A map of YAML text; it must have no problems."""
    spec = spec_of(text, codec=codec, document=document)
    assert problems(text, codec=codec, document=document) == []
    return compile_read("small/map.read", spec, {})


def spec_of(text: str, **rest: Any) -> dict[str, Any]:
    return {"format": 1, **rest, **read_yaml("small.yaml", text).content}


def problems(text: str, *, codec: str = "json", document: str = "invoice") -> list[str]:
    """What the checker says, as `path: words`."""
    spec = spec_of(text, codec=codec, document=document)
    dialect: Any = "xml" if codec == "xml" else "tree"
    found = Checker(spec, dialect, {}).problems()
    return [f"{'.'.join(map(str, at))}: {words}" for at, words in found]


def documents(text: str, tree: Any, **kind: str) -> list[dict[str, Any]]:
    """The documents a map makes of a tree, as they are written."""
    return [wire.to_plain(m.document) for m in compiled(text, **kind).run(tree)]


def document(text: str, tree: Any, **kind: str) -> dict[str, Any]:
    """The one document, without its kind."""
    (found,) = documents(text, tree, **kind)
    return {name: value for name, value in found.items() if name != "kind"}


def issues(text: str, tree: Any, **kind: str) -> list[Issue]:
    """What did not fit, of all documents."""
    return [issue for m in compiled(text, **kind).run(tree) for issue in m.issues]


def xml(text: str) -> dict[str, Any]:
    """An XML text as maps see it."""
    return whole(etree.fromstring(text))


def a_run() -> Run:
    """A run with one place, for converters."""
    return Run((Place("Source.Path", "field"),))


__all__ = [
    "a_run",
    "compiled",
    "document",
    "documents",
    "issues",
    "problems",
    "spec_of",
    "xml",
]
