"""What the published contracts say of a file, and all problems of it told with their places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
from jsonschema.exceptions import ValidationError

from connectors._engine.yaml_file import Where, YamlFile

Problem: TypeAlias = tuple[Where, str]
_LONG = 200
CONTRACTS = Path(__file__).parent / "contracts"


@cache
def contract(name: str) -> jsonschema.Draft202012Validator:
    """The validator of a published contract: `map` or `manifest`."""
    schema = json.loads((CONTRACTS / f"{name}.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def schema_problems(name: str, content: Any) -> Iterator[Problem]:
    """What the contract says of a file, the deepest cause of each."""
    for error in contract(name).iter_errors(content):
        cause = _cause(error)
        yield (*cause.absolute_path, *_strangers(cause)[:1]), _words(cause)


def _cause(error: ValidationError) -> ValidationError:
    """Of several alternatives that all fail, the one that was most likely meant."""
    while error.context:
        meant = [each for each in error.context if each.validator != "type" or each.path]
        error = min(meant or error.context, key=_unlikeliness)
    return error


def _unlikeliness(error: ValidationError) -> tuple[int, bool, int]:
    """Least for what fails deepest, then for what knows most of the names that are there."""
    named = error.validator == "additionalProperties"
    return -len(error.path), not named, len(_strangers(error))


def _strangers(error: ValidationError) -> list[str]:
    """The names that are not known; the problem stands where the first does."""
    schema: Any = error.schema
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    return [name for name in error.instance if name not in schema.get("properties", {})]


def _words(error: ValidationError) -> str:
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        known = ", ".join(sorted(schema.get("properties", {})))
        return f"unknown {', '.join(map(repr, _strangers(error)))}; known are {known}"
    return str(error.message) if len(error.message) <= _LONG else f"{error.message[:_LONG]}…"


def told(files: Sequence[YamlFile], problems: Iterable[Problem]) -> list[str]:
    """The problems with the place of each: of several files in the first that goes as deep."""
    found = set()
    for at, text in problems:
        file = max(files, key=lambda each: each.held(at))
        found.add((files.index(file), *file.place(at), text))
    return [
        f"{files[number].name}:{line}:{column}: {text}"
        for number, line, column, text in sorted(found)
    ]
