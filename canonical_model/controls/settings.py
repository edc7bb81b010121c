"""Settings that a tenant keeps in files (tolerances, a directory), read with all faults at once."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from canonical_model.base.scalars import Part
from canonical_model.controls.policy.faults import Faults, InvalidSettings
from canonical_model.controls.policy.tree import Node

_P = TypeVar("_P", bound=Part)

_LEAVES: tuple[tuple[type[inspect.Type], str], ...] = (
    (inspect.StrType, "text"),
    (inspect.DecimalType, "number"),
    (inspect.DateType, "date"),
    (inspect.BoolType, "flag"),
    (inspect.ListType, "list"),
    (inspect.VarTupleType, "list"),
)


def read_settings(tree: Any, shape: type[_P]) -> _P:
    """A struct such as `MatchSettings` or `Directory` from a parsed tree; `InvalidSettings` else.

    Numbers may be whole numbers or decimals as text; a float is refused, as it is not exact.
    """
    faults = Faults()
    info = inspect.type_info(shape)
    plain = _read(Node({"": tree}, "", faults), "", info)
    if faults.issues:
        raise InvalidSettings(faults.issues)
    try:
        return msgspec.convert(plain, type=shape)
    except msgspec.ValidationError as error:
        faults.add("", "invalid", f"{error}; see the field's description")
        raise InvalidSettings(faults.issues) from error


def _read(node: Node, key: str, kind: inspect.Type) -> Any:
    kind = _bare(kind)
    if isinstance(kind, inspect.StructType):
        below = node.node(key)
        return None if below is None else _struct(below, kind)
    if isinstance(kind, inspect.ListType):
        inner = _bare(kind.item_type)
        if isinstance(inner, inspect.StructType):
            return [_struct(each, inner) for each in node.nodes(key)]
    if isinstance(kind, inspect.IntType):
        return node.count(key, None)
    if isinstance(kind, inspect.LiteralType):
        return node.choice(key, tuple(str(each) for each in kind.values))
    return node.value(key, next(name for leaf, name in _LEAVES if isinstance(kind, leaf)))


def _struct(node: Node, info: inspect.StructType) -> dict[str, Any]:
    fields = {field.encode_name: field for field in info.fields}
    node.only(*fields)
    for name, field in fields.items():
        if field.required and name not in node.body:
            node.faults.add(node.at(name), "missing", f"{name} is missing; state it")
    read = {name: _read(node, name, fields[name].type) for name in fields if name in node.body}
    return {name: value for name, value in read.items() if value is not None}


def _bare(kind: inspect.Type) -> inspect.Type:
    """The type without `None` and without what is said about it."""
    if isinstance(kind, inspect.Metadata):
        return _bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _bare(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
    return kind
