"""YAML files with the place of everything in them: every complaint names line and column.

Only plain data is read: no anchors, no tags, and nothing is guessed of a text. `no`, `0810`, `1.10`
and `2026-01-31` stay the texts they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import yaml

from connectors.errors import MapError

Where: TypeAlias = tuple[str | int, ...]
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 40
_whole = re.compile(r"0|-?[1-9][0-9]{0,17}").fullmatch
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The content of a file, and the line and column of each path in it."""

    name: str
    content: Any
    places: dict[Where, tuple[int, int]]

    def held(self, path: Where) -> int:
        """How many steps of a path this file has."""
        return next((n for n in range(len(path), 0, -1) if path[:n] in self.places), 0)

    def place(self, path: Where) -> tuple[int, int]:
        """Line and column of a path, or of the nearest thing above it."""
        return self.places.get(path[: self.held(path)], (1, 1))


def read_yaml(name: str, text: str) -> YamlFile:
    """The file; `MapError` for what is not YAML, or more than plain data."""
    reader = _Reader(name, yaml.parse(text, Loader=_Loader))
    try:
        content = reader.file()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = f"{name}:{line}:{column}: not YAML: {error.problem or error.context}"
        raise MapError([problem]) from error
    except yaml.YAMLError as error:
        raise MapError([f"{name}:1:1: not YAML: {str(error).splitlines()[0]}"]) from error
    return YamlFile(name, content, reader.places)


@dataclass
class _Reader:
    """Builds the content from the parser's events, which take no stack of their own."""

    name: str
    events: Iterator[Any]
    places: dict[Where, tuple[int, int]] = field(default_factory=dict)

    def file(self) -> Any:
        """The one document of the file."""
        event = self._skip(yaml.StreamStartEvent, yaml.DocumentStartEvent)
        if isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "the file is empty")
        content = self._value(event, ())
        event = self._skip(yaml.DocumentEndEvent)
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, "a second document; a file holds one")
        return content

    def _skip(self, *kinds: type[Any]) -> Any:
        return next(event for event in self.events if not isinstance(event, kinds))

    def _value(self, event: Any, path: Where) -> Any:
        self.places[path] = _start(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "an alias; write it out, or use a fragment")
        if event.tag and event.tag != "!":
            self._refuse(event, f"the tag {event.tag[:40]}; values are plain data")
        if len(path) > _MAX_DEPTH:
            self._refuse(event, f"nested more than {_MAX_DEPTH} deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return _scalar(event)

    def _mapping(self, path: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key that is no name")
            # Keys are names, whatever YAML would make of `yes`, `no` or `380`.
            key = str(event.value)
            if key in found:
                self._refuse(event, f"{key!r} stands twice")
            found[key] = self._value(next(self.events), (*path, key))
            self.places[*path, key] = _start(event)
        return found

    def _list(self, path: Where) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _refuse(self, event: Any, problem: str) -> NoReturn:
        line, column = _start(event)
        raise MapError([f"{self.name}:{line}:{column}: {problem}"])


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(event: Any) -> Any:
    """Texts, whole numbers, `true` and `false`; anything else stays the text it was."""
    text = str(event.value)
    if event.style:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _whole(text) else text
