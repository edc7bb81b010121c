"""Every fault of bytes that should be a canonical document: where, what was found, what works.

The slow, thorough pass. It knows nothing of single documents: it walks the declared types.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, NoReturn

from msgspec import inspect

from canonical_model.base.issue import Issue
from canonical_model.documents import KINDS
from canonical_model.wire.leaves import Token, leaf_fault

_MAX_FAULTS = 200


def find_faults(data: bytes | str) -> list[Issue]:
    """All structural faults, at most 200; empty when the bytes are a canonical document."""
    tree = _parse(data)
    if isinstance(tree, Issue):
        return [tree]
    faults = []
    for fault in _document(tree):
        faults.append(fault)
        if len(faults) == _MAX_FAULTS:
            break
    return faults


def _fault(
    code: str, path: str, message: str, expected: str, actual: str, hint: str | None = None
) -> Issue:
    return Issue(
        code=code,
        severity="error",
        message=message,
        path=path or None,
        expected=expected,
        actual=actual or None,
        hint=hint,
    )


def _parse(data: bytes | str) -> Any:
    """The JSON tree with numbers as tokens, or the issue that it is none."""
    try:
        text = data if isinstance(data, str) else bytes(data).decode("utf-8")
        if text.startswith("\ufeff"):
            return _unreadable("a byte order mark", "JSON without one", "save it without a BOM")
        return json.loads(text, parse_float=Token, parse_int=Token, parse_constant=_constant)
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at offset {error.start}"
        return _unreadable(found, "UTF-8 text", "save the file as UTF-8")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return _unreadable(f"{error.msg} at {where}", "one JSON object", None)
    except _NoNumber as error:
        return _unreadable(f"{error}", "a number, or a decimal as text", None)
    except (RecursionError, ValueError):
        return _unreadable("nesting or a number beyond all reason", "a canonical document", None)


class _NoNumber(Exception):
    """NaN or an infinity, which JSON does not have."""


def _constant(name: str) -> NoReturn:
    raise _NoNumber(name)


def _unreadable(found: str, expected: str, hint: str | None) -> Issue:
    return _fault("not_json", "", f"found {found}; expected {expected}", expected, found, hint)


def _document(tree: Any) -> Iterator[Issue]:
    if not isinstance(tree, dict):
        yield _wrong_type("", tree, "an object with a kind")
        return
    kind = tree.get("kind")
    struct = KINDS.get(kind) if isinstance(kind, str) else None
    if struct is None:
        yield _kind_fault(kind)
        return
    info = _type_info(struct)
    body = {name: value for name, value in tree.items() if name != "kind"}
    yield from _walk(body, info, "")


# Describing a type walks all it refers to: once per kind, not per document.
_type_info = cache(inspect.type_info)


def _kind_fault(kind: Any) -> Issue:
    known = ", ".join(sorted(KINDS))
    if kind is None:
        return _fault("kind_missing", "kind", "no kind; every document names its own", known, "")
    near = get_close_matches(str(kind), KINDS, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else None
    return _fault("kind_unknown", "kind", f"unknown kind {_quote(kind)}", known, _quote(kind), hint)


def _walk(value: Any, node: inspect.Type, path: str) -> Iterator[Issue]:
    node = _bare(node)
    if value is None:
        hint = "leave the field out when its value is not known"
        yield _fault(
            "null_value", path, "null; absent fields are left out", "a value", "null", hint
        )
    elif isinstance(node, inspect.StructType):
        yield from _struct(value, node, path)
    elif isinstance(node, inspect.ListType | inspect.VarTupleType):
        yield from _list(value, node, path)
    elif isinstance(node, inspect.DictType):
        yield from _mapping(value, node, path)
    elif (fault := leaf_fault(value, node)) is not None:
        code, message, expected, advice = fault
        yield _fault(code, path, message, expected, _quote(value), advice)


def _bare(node: inspect.Type) -> inspect.Type:
    """The type without `None`; constraints stay on the leaf they were declared for."""
    if isinstance(node, inspect.Metadata):
        return _bare(node.type)
    if isinstance(node, inspect.UnionType):
        return _bare(next(t for t in node.types if not isinstance(t, inspect.NoneType)))
    return node


def _struct(value: Any, node: inspect.StructType, path: str) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield _wrong_type(path, value, "an object")
        return
    fields = {field.encode_name: field for field in node.fields}
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            yield _unknown_field(name, fields, path)
        else:
            yield from _walk(item, field.type, _join(path, name))
    for name, field in fields.items():
        if field.required and name not in value:
            here = _join(path, name)
            yield _fault("field_missing", here, f"{name} is missing", "a value", "nothing")


def _unknown_field(name: str, fields: dict[str, inspect.Field], path: str) -> Issue:
    near = get_close_matches(name, fields, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "what is not modelled goes into ext"
    known = ", ".join(sorted(fields))
    here = _join(path, _cut(name))
    return _fault("unknown_field", here, f"no field {_quote(name)} here", known, _quote(name), hint)


def _list(value: Any, node: inspect.ListType | inspect.VarTupleType, path: str) -> Iterator[Issue]:
    if not isinstance(value, list):
        yield _wrong_type(path, value, "a list")
        return
    for index, item in enumerate(value):
        yield from _walk(item, node.item_type, f"{path}[{index}]")


def _mapping(value: Any, node: inspect.DictType, path: str) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield _wrong_type(path, value, "an object")
        return
    for name, item in value.items():
        yield from _walk(item, node.value_type, _join(path, name))


def _wrong_type(path: str, value: Any, expected: str) -> Issue:
    found = _quote(value)
    return _fault("wrong_type", path, f"found {found}; expected {expected}", expected, found)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _cut(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= 40 else f"{text[:39]}…"


def _quote(value: Any) -> str:
    """What was found, short enough to read; containers by their sort only."""
    if isinstance(value, Token):
        return f"the number {_cut(value)}"
    if isinstance(value, str):
        return f'"{_cut(value)}"'
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)
