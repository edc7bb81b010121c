"""Putting values into the texts of a manifest, safely for the place where each text goes."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from urllib.parse import quote

from connectors._codecs import json_tree
from connectors.errors import CodecError
from node_server.operations.calling.errors import NotReady

Lookup: TypeAlias = Callable[[str], Any]
"""The value of a name between braces; `NotReady` where there is none."""

_PLACE = re.compile(r"\{([A-Za-z_][^{}\s]*)\}")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


def names_in(text: str) -> list[str]:
    """What must be put into a text."""
    return _PLACE.findall(text)


def fill(text: str, lookup: Lookup) -> str:
    """A text whose values need no escaping: headers, scopes."""
    return _PLACE.sub(lambda found: _text(lookup, found[1]), text)


def fill_url(text: str, lookup: Lookup) -> str:
    """An absolute address; a value in the host must be of one."""
    scheme, _, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    host = fill(authority, lambda name: _host(_text(lookup, name)))
    return f"{scheme}://{host}" + fill_path(slash + path, lookup)


def fill_path(text: str, lookup: Lookup) -> str:
    """A path: each value stays within its segment, and within the quotes around it (OData keys)."""
    return _literals(text, lookup, lambda value, mark: quote(_doubled(value, mark), safe=""))


def fill_parameter(text: str, lookup: Lookup, *, backslash: bool = False) -> str:
    """A query in one of the many dialects: no value ends the quotes around it.

    `backslash` for the dialect that escapes a single quote so (QuickBooks); all others double it.
    """

    def escaped(value: str, mark: str) -> str:
        if mark == '"':
            return json.dumps(value, ensure_ascii=False)[1:-1]
        if mark == "'" and backslash:
            return value.replace("\\", "\\\\").replace("'", "\\'")
        return _doubled(value, mark)

    return _literals(text, lookup, escaped)


def fill_tree(tree: Any, lookup: Lookup, *, backslash: bool = False) -> Any:
    """Every text of a JSON body. One that is nothing but a place takes the value as it is.

    A target that compares strictly finds nothing under `"77"` where its ids are numbers.
    """
    if isinstance(tree, dict):
        return {name: fill_tree(each, lookup, backslash=backslash) for name, each in tree.items()}
    if isinstance(tree, list):
        return [fill_tree(each, lookup, backslash=backslash) for each in tree]
    if not isinstance(tree, str):
        return tree
    if whole := _PLACE.fullmatch(tree):
        return lookup(whole[1])
    return fill_parameter(tree, lookup, backslash=backslash)


def fill_encoded(text: str, lookup: Lookup) -> str:
    """A parameter that is base64url of JSON: `text` is the JSON, filled like a body."""
    try:
        tree = json_tree.decode(text.encode()).units[0]
    except CodecError:
        raise NotReady(f"{text[:40]!r} is no JSON to encode; mend it in the manifest") from None
    return urlsafe_b64encode(json_tree.write(fill_tree(tree, lookup))).decode()


def _text(lookup: Lookup, name: str) -> str:
    """A value within a longer text."""
    value = lookup(name)
    if isinstance(value, (dict, list)):
        raise NotReady(f"{name[:60]!r} is no single value; it cannot be part of a text")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _literals(text: str, lookup: Lookup, write: Callable[[str, str], str]) -> str:
    marks = dict(_marks(text))
    return _PLACE.sub(lambda found: write(_text(lookup, found[1]), marks[found.start()]), text)


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Where each value stands, and the quotes that are open there."""
    mark, end = "", 0
    for found in _PLACE.finditer(text):
        for sign in text[end : found.start()]:
            if sign in "'\"":
                mark = "" if sign == mark else mark or sign
        end = found.end()
        yield found.start(), mark


def _doubled(value: str, mark: str) -> str:
    return value.replace("'", "''") if mark == "'" else value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise NotReady(f"{value[:40]!r} is no host; write it without https:// and path")
    return value
