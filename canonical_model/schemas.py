"""JSON Schemas (2020-12) of the model, generated from the structs and committed.

`python -m canonical_model.schemas --write` writes them, `--check` fails when they are stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from canonical_model.documents import KINDS, AnyDocument
from canonical_model.envelope import Context, Event, Record, Source
from canonical_model.errors import UnknownKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parent / "schema"
EXAMPLES = FOLDER / "examples"

_OTHERS: dict[str, Any] = {
    "context": Context,
    "document": AnyDocument,
    "event": Event,
    "record": Record,
    "source": Source,
}

_SCALAR_EXAMPLES = {"amount": "119.00", "number": "19"}


def names() -> tuple[str, ...]:
    """All schemas there are: every kind, and the envelope's shapes."""
    return (*sorted(KINDS), *sorted(_OTHERS))


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a kind, of any `document`, or of one of the envelope's shapes."""
    struct = KINDS.get(name) or _OTHERS.get(name)
    if struct is None:
        raise UnknownKind(name, names())
    made = msgspec.json.schema(struct)
    root, definitions = _unwrapped(made)
    body = {name: _tidy(definition) for name, definition in sorted(definitions.items())}
    head = {"$schema": DIALECT, "$id": f"urn:counterfoil:schema:{name}:1"}
    return {**head, **_tidy(root), **_examples(name), "$defs": body}


def example(name: str) -> str:
    """A small, valid document of the kind, as JSON text."""
    if name not in KINDS:
        raise UnknownKind(name, KINDS)
    return (EXAMPLES / f"{name}.json").read_text("utf-8")


def _examples(name: str) -> dict[str, Any]:
    return {"examples": [json.loads(example(name))]} if name in KINDS else {}


def _unwrapped(made: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema itself and the definitions it refers to."""
    definitions = dict(made.get("$defs", {}))
    if "$ref" in made:
        return definitions.pop(made["$ref"].removeprefix("#/$defs/")), definitions
    return {key: value for key, value in made.items() if key != "$defs"}, definitions


def _tidy(node: Any) -> Any:
    """No null (absent is omitted), no empty defaults, a title and an example for each field."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = _without_null(node)
    if "properties" in node:
        node["properties"] = {n: _titled(n, p) for n, p in node["properties"].items()}
    return {key: value if key == "examples" else _tidy(value) for key, value in node.items()}


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    node = {key: value for key, value in node.items() if key != "default"}
    choices = [c for c in node.pop("anyOf", ()) if c.get("type") != "null"]
    if len(choices) == 1:
        return {**choices[0], **node}
    return {**node, "anyOf": choices} if choices else node


def _titled(name: str, field: dict[str, Any]) -> dict[str, Any]:
    field = _without_null(field)
    scalar = field.get("x-scalar")
    title = name.replace("_", " ").capitalize()
    examples = {"examples": [_SCALAR_EXAMPLES[scalar]]} if scalar else {}
    return {"title": title, **examples, **field}


def _text(name: str) -> str:
    return json.dumps(schema(name), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def stale() -> list[str]:
    """The committed schemas that no longer say what the structs say, and strays."""
    wanted = {f"{name}.json": _text(name) for name in names()}
    found = {p.name: p.read_text("utf-8") for p in FOLDER.glob("*.json")}
    return sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))


def write() -> None:
    """Bring the committed schemas up to date."""
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name in names():
        (FOLDER / f"{name}.json").write_text(_text(name), "utf-8")


def main(arguments: list[str]) -> int:
    """Command line of the generator."""
    if arguments == ["--write"]:
        write()
        return 0
    if arguments == ["--check"]:
        out = stale()
        if out:
            sys.stderr.write(f"stale schemas: {', '.join(out)}; run `make generate`\n")
        return 1 if out else 0
    sys.stderr.write("usage: python -m canonical_model.schemas --write | --check\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
