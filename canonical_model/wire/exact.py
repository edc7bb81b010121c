"""Whether every decimal of a document was spelled canonically, at the parser's speed.

msgspec reads a `Decimal` field from JSON numbers, exponents, blanks, underscores and NaN alike, and
the value no longer tells how it was spelled. A call for each value would cost more than parsing, so
the bytes are read once more into a *shadow*: the same structs with nothing but the decimal fields,
as text. Written back, the shadow holds decimals and their names only, and one search finds any that
is misspelled.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

# DECIMAL_PATTERN in the spelling that the regex engine is fastest with (a test holds them equal);
# here a closing quote ends the value.
_UNSIGNED = r'(?:[1-9][0-9]{0,17}+|0)(?:\.[0-9]{1,9}+)?"'
_misspelled = re.compile(rf':"(?!{_UNSIGNED}|-(?!0(?:\.0+)?"){_UNSIGNED})'.encode()).search
_AFTER_KIND = len('{"kind":')


def exactness_check(kinds: Iterable[type[msgspec.Struct]]) -> Callable[[bytes | str], bool]:
    """A function of the document's bytes: True when all its decimals are spelled canonically."""
    shadows = tuple(_shadow(kind, keep=True) for kind in kinds)
    read = msgspec.json.Decoder(typing.Union[shadows]).decode  # noqa: UP007  (built at run time)
    write = msgspec.json.Encoder().encode

    def spelled_exactly(data: bytes | str) -> bool:
        try:
            return _misspelled(write(read(data)), _AFTER_KIND) is None
        except msgspec.ValidationError:
            return False

    return spelled_exactly


@cache
def _shadow(struct: type[msgspec.Struct], keep: bool = False) -> Any:
    """The struct with its decimals only, as text; None when it holds none and need not be kept."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)  # noqa: S101  (tells the type checker)
    found = [(field.encode_name, _shadow_of(field.type)) for field in info.fields]
    fields = [(name, kind | None, None) for name, kind in found if kind is not None]
    if not fields and not keep:
        return None
    return msgspec.defstruct(
        f"{struct.__name__}Decimals",
        fields,
        bases=(_Shadow,),
        kw_only=True,
        tag_field=info.tag_field,
        tag=info.tag,
    )


class _Shadow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of the shadows: unknown fields pass, absent ones are not written."""


def _shadow_of(node: inspect.Type) -> Any:
    if isinstance(node, inspect.Metadata):
        return _shadow_of(node.type)
    if isinstance(node, inspect.DecimalType):
        return str
    if isinstance(node, inspect.StructType):
        return _shadow(node.cls)
    if isinstance(node, inspect.ListType):
        inner = _shadow_of(node.item_type)
        return None if inner is None else types.GenericAlias(list, (inner,))
    if isinstance(node, inspect.UnionType):
        inner = [_shadow_of(part) for part in node.types]
        return next((part for part in inner if part is not None), None)
    return None
