"""JSON: one value, with exact numbers.

Unit: the whole value, whatever it is; a list at the top is one unit, maps decide what to do
with it. The tree holds `dict`, `list`, `str`, `bool`, `None`, `int`, and `Decimal` for every
number with a fraction or an exponent, with the digits as written (`1.10` keeps its zero,
`1e400` stays exact). A float never appears:

    {"DocNumber": "1037", "TotalAmt": Decimal("362.07"), "Line": [{"Id": "1"}]}

Of members with the same name in one object the last one counts, as in JavaScript; looking for
them would double the cost of reading, so there is no notice.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import msgspec

from connectors._codecs.json_tree.errors import explain
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Tree
from connectors._codecs.text import to_text
from connectors.errors import CodecError

FORMAT = "json"

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SORTING_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[|\{(?!\d:)|\"(?:[^\"\\]|\\.)*\"\s*$)")
_WIDE_START = re.compile(
    rb"(?:\xff\xfe)?(?:[\t\n\r ]\0)*[\[{]\0|(?:\xfe\xff)?(?:\0[\t\n\r ])*\0[\[{]"
)
_CONTAINERS = frozenset({dict, list})
_EXACT = frozenset({str, int, bool, type(None), Decimal})


def claims(head: bytes) -> bool:
    """Whether this starts as an object, a list, or a lone string does."""
    return bool(_START.match(head) or _WIDE_START.match(head))


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """The one value of a JSON text."""
    check_size(data, limits)
    try:
        value = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_untidy(data, limits)
    except (RecursionError, InvalidOperation) as error:
        raise refusal(error, data) from error
    check_depth(value, limits)
    return Decoded([value])


def iter_units(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Tree]:
    """The one value of a stream; for the items of a huge list see `json_stream.iter_items`."""
    yield from decode(stream.read(limits.max_bytes + 1), limits).units


def encode(units: Iterable[Tree], *, indent: int = 0, sort_keys: bool = False) -> bytes:
    """The value as UTF-8 JSON; a `Decimal` is written digit for digit, a float is refused."""
    trees = list(units)
    if len(trees) != 1:
        found = f"{len(trees)} values for one JSON text"
        raise CodecError("not_one_value", f"{found}; send exactly one, or write NDJSON")
    return write(trees[0], indent=indent, sort_keys=sort_keys)


def write(tree: Tree, *, indent: int = 0, sort_keys: bool = False) -> bytes:
    """One tree as JSON bytes; refuses what JSON cannot hold exactly."""
    _check_exact(tree)
    try:
        text = (_SORTING_ENCODER if sort_keys else _ENCODER).encode(tree)
    except (RecursionError, TypeError, ValueError) as error:
        found = f"a tree that JSON cannot hold ({type(error).__name__})"
        raise CodecError("not_writable", f"{found}; use text, numbers, lists, dicts") from error
    return msgspec.json.format(text, indent=indent) if indent else text


def read(data: bytes, limits: Limits) -> Tree:
    """One value of clean UTF-8 JSON; anything else is a `CodecError`."""
    try:
        value = _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, InvalidOperation, UnicodeDecodeError) as error:
        raise refusal(error, data) from error
    check_depth(value, limits)
    return value


def refusal(error: Exception, data: bytes) -> CodecError:
    """The `CodecError` for what the parser raised."""
    if isinstance(error, RecursionError):
        return _too_deep()
    if isinstance(error, (InvalidOperation, msgspec.ValidationError)):
        found = "a number with too many digits or too great an exponent"
        return CodecError("bad_number", f"{found}; write it as text if it is an identifier")
    if isinstance(error, UnicodeDecodeError):
        return CodecError("bad_encoding", "text that is not UTF-8; save the file as UTF-8")
    return explain(data, str(error))


def check_size(data: bytes, limits: Limits) -> None:
    """Refuse what would cost too much, before any of it is built."""
    size = len(data)
    if size > limits.max_bytes:
        found = f"more than {limits.max_bytes} bytes"
        raise CodecError("too_large", f"{found}; stream it, or raise the limit")
    # A value takes at least one character and a comma or a bracket.
    if size > limits.max_items and sum(map(data.count, b",[{")) > limits.max_items:
        found = f"more than {limits.max_items} values"
        raise CodecError("too_many_items", f"{found}; stream it, or raise the limit")


def check_depth(value: Tree, limits: Limits) -> None:
    """Refuse a value nested deeper than the limit."""
    # A container that holds another one is always tracked by the garbage collector, so this
    # misses at most the innermost level, at a third of the cost of looking at every type.
    level: list[Any] = [value]
    for _ in range(limits.max_depth - 1):
        level = list(filter(gc.is_tracked, gc.get_referents(*level)))
        if not level:
            return
    _measure_depth(value, limits.max_depth)


def _measure_depth(value: Tree, allowed: int) -> None:
    level: list[Any] = [value] if type(value) in _CONTAINERS else []
    for _ in range(allowed):
        if not level:
            return
        below = (each.values() if type(each) is dict else each for each in level)
        level = [child for children in below for child in children if type(child) in _CONTAINERS]
    if level:
        raise _too_deep(allowed)


def _decode_untidy(data: bytes, limits: Limits) -> Decoded:
    """The road for what is not clean UTF-8: byte order marks, UTF-16, old code pages."""
    text, encoding = to_text(data)
    if not text.strip(" \t\r\n\0"):
        raise CodecError("empty_input", "no JSON value; send one, at least {}")
    value = read(text.encode("utf-8", "surrogatepass"), limits)
    notices = []
    if not encoding.startswith("utf"):
        found = f"JSON must be UTF-8; this was read as {encoding}"
        notices.append(Notice("not_utf8", f"{found}; save it as UTF-8"))
    return Decoded([value], encoding, notices)


def _too_deep(depth: int | None = None) -> CodecError:
    found = f"nested deeper than {depth}" if depth else "nested too deeply"
    return CodecError("too_deep", f"{found}; no finance payload is, check where it comes from")


def _check_exact(tree: Tree) -> None:
    """No float, no NaN, no other type: money would change on the way out."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is dict:
            _check_names(node)
            waiting.extend(node.values())
        elif kind is list:
            waiting.extend(node)
        elif kind not in _EXACT or (kind is Decimal and not node.is_finite()):
            raise CodecError("not_writable", f"a {kind.__name__} in the tree; use Decimal or str")


def _check_names(node: dict[Any, Tree]) -> None:
    if not all(type(name) is str for name in node):
        raise CodecError("not_writable", "a member name that is not text; use str keys")
