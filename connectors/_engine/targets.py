"""What a canonical field wants: its type, how to convert to it, and the class inside lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import inspect

from connectors._engine import convert
from connectors._engine.convert import Convert

Sort: TypeAlias = Literal["leaf", "struct", "leaves", "structs", "texts"]


@dataclass(frozen=True, slots=True)
class Target:
    """One canonical field: `texts` is a free mapping of texts, the plural sorts are lists."""

    name: str
    sort: Sort
    convert: Convert | None = None
    struct: type[msgspec.Struct] | None = None


@cache
def targets(struct: type[msgspec.Struct]) -> dict[str, Target]:
    """The fields of a canonical class by name."""
    if struct not in _INFOS:
        _learn(inspect.type_info(struct))
    return {field.name: _target(field.name, field.type) for field in _INFOS[struct].fields}


_INFOS: dict[type[msgspec.Struct], inspect.StructType] = {}
"""The classes that have been met: msgspec looks into all that a class holds each time."""


def _learn(node: Any) -> None:
    """Keep what is told of a type and of all types inside it."""
    if not isinstance(node, inspect.Type):
        return
    if isinstance(node, inspect.StructType):
        if node.cls in _INFOS:
            return
        _INFOS[node.cls] = node
        for field in node.fields:
            _learn(field.type)
    for name in ("type", "item_type", "value_type"):
        _learn(getattr(node, name, None))
    for each in (*getattr(node, "types", ()), *getattr(node, "item_types", ())):
        _learn(each)


def _target(name: str, node: inspect.Type) -> Target:
    inner = _bare(node)
    if isinstance(inner, inspect.StructType):
        return Target(name, "struct", struct=inner.cls)
    if isinstance(inner, inspect.ListType | inspect.VarTupleType):
        item = _bare(inner.item_type)
        if isinstance(item, inspect.StructType):
            return Target(name, "structs", struct=item.cls)
        return Target(name, "leaves", converter(inner.item_type, item))
    if isinstance(inner, inspect.DictType):
        return Target(name, "texts", convert.text)
    return Target(name, "leaf", converter(node, inner))


def _bare(node: inspect.Type) -> inspect.Type:
    return _bare(node.type) if isinstance(node, inspect.Metadata) else node


def _scalar(node: inspect.Type) -> Any:
    """The scalar's own mark, where the type says which of two decimals it is."""
    while isinstance(node, inspect.Metadata):
        mark = (node.extra_json_schema or {}).get("x-scalar")
        if mark:
            return mark
        node = node.type
    return None


def converter(declared: inspect.Type, inner: inspect.Type) -> Convert:
    """The function that makes such a value of what a source says."""
    if isinstance(inner, inspect.DecimalType):
        return convert.amount if _scalar(declared) == "amount" else convert.number
    if isinstance(inner, inspect.LiteralType):
        return _choice(frozenset(str(value) for value in inner.values))
    if isinstance(inner, inspect.StrType):
        return _LENGTHS.get(inner.max_length or 0, convert.text)
    return _BY_TYPE[type(inner)]


_choice = cache(convert.choice)
_LENGTHS = {64: convert.code, 3: convert.currency, 2: convert.country}
_BY_TYPE: dict[type, Convert] = {
    inspect.DateType: convert.date,
    inspect.DateTimeType: convert.instant,
    inspect.IntType: convert.count,
    inspect.BoolType: convert.flag,
}
