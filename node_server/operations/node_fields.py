"""The fields of a kind of document, flat, as an editor's field mapper wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from canonical_model import schemas

_DEEPEST: Final = 3
_LEFT_OUT: Final = frozenset({"kind", "ext"})


def fields_of(kind: str) -> list[dict[str, Any]]:
    """Each field by its path; `UnknownKind` names the nearest. Lists are given whole, as JSON."""
    schema = schemas.schema(kind)
    return list(_fields(schema, schema["$defs"], "", 0))


def _fields(
    schema: Mapping[str, Any], parts: Mapping[str, Any], before: str, depth: int
) -> Iterator[dict[str, Any]]:
    for name, stated in schema.get("properties", {}).items():
        if not before and name in _LEFT_OUT:
            continue
        path = f"{before}{name}"
        part = _part(stated, parts)
        if part is None or "properties" not in part:
            yield _field(path, stated if part is None else {**part, **stated})
        elif depth < _DEEPEST:
            yield from _fields(part, parts, f"{path}.", depth + 1)


def _part(stated: Mapping[str, Any], parts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "$ref" not in stated:
        return None
    found: Mapping[str, Any] = parts[stated["$ref"].rpartition("/")[2]]
    return found


def _field(path: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "id": path,
        "displayName": ": ".join(_word(each) for each in path.split(".")),
        "required": False,
        "defaultMatch": False,
        "display": True,
        "canBeUsedToMatch": False,
        "type": _type(stated),
    }
    if "enum" in stated:
        made["options"] = [{"name": str(each), "value": str(each)} for each in stated["enum"]]
    return made


def _word(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _type(stated: Mapping[str, Any]) -> str:
    """Amounts stay texts: JavaScript's numbers would round them."""
    if "enum" in stated:
        return "options"
    known = {"boolean": "boolean", "array": "array", "object": "object", "integer": "number"}
    return known.get(str(stated.get("type")), "string")
