"""Kinds of credentials, one JSON Schema each; parts that are `writeOnly` are secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from credentials.errors import InvalidCredential


def kind_names() -> tuple[str, ...]:
    """The names of all kinds."""
    here = files(__name__).iterdir()
    return tuple(sorted(p.name.removesuffix(".json") for p in here if p.name.endswith(".json")))


def kind_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind; its descriptions tell people what to put in."""
    if kind not in kind_names():
        raise InvalidCredential([f"unknown kind {kind[:40]!r}; try {', '.join(kind_names())}"])
    loaded: dict[str, Any] = json.loads(files(__name__).joinpath(f"{kind}.json").read_bytes())
    return loaded


def check(kind: str, parts: Mapping[str, Any]) -> None:
    """Refuse parts that do not fit, all problems at once, without saying any value."""
    problems = [_in_words(error, kind) for error in _validator(kind).iter_errors(dict(parts))]
    if problems:
        raise InvalidCredential(sorted(problems))


def is_secret(kind: str, part: str) -> bool:
    """Whether a part is never shown; parts that a schema does not name are secret."""
    stated = _loaded(kind)["properties"].get(part)
    return stated is None or bool(stated.get("writeOnly"))


_loaded = cache(kind_schema)


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(_loaded(kind))


def _in_words(error: ValidationError, kind: str) -> str:
    """Our own words, for the library's quote the value."""
    if error.validator == "required":
        return f"{kind}: {error.message.split()[0]} is missing; every {kind} has it"
    if error.validator == "pattern" and not error.absolute_path:
        return f"{kind}: a part's name is not of lower-case letters, digits and _"
    part = str(next(iter(error.absolute_path), "credential"))
    wanted = error.schema.get("description", "text") if isinstance(error.schema, dict) else "text"
    return f"{kind}.{part[:64]}: does not fit ({error.validator}); {wanted}"
