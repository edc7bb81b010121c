"""Putting values into the texts of a manifest, safely for the place where each text goes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from urllib.parse import quote

from node_server.operations.calling.errors import NotReady

Lookup: TypeAlias = Callable[[str], str]
"""The value of a name between braces; `NotReady` where there is none."""

_PLACE = re.compile(r"\{([A-Za-z_][^{}\s]*)\}")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


def names_in(text: str) -> list[str]:
    """What must be put into a text."""
    return _PLACE.findall(text)


def fill(text: str, lookup: Lookup) -> str:
    """A text whose values need no escaping: headers, scopes."""
    return _PLACE.sub(lambda found: lookup(found[1]), text)


def fill_url(text: str, lookup: Lookup) -> str:
    """An absolute address; a value in the host must be of one."""
    scheme, _, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    host = fill(authority, lambda name: _host(lookup(name)))
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
    """Every text of a JSON body."""
    if isinstance(tree, dict):
        return {name: fill_tree(each, lookup, backslash=backslash) for name, each in tree.items()}
    if isinstance(tree, list):
        return [fill_tree(each, lookup, backslash=backslash) for each in tree]
    return fill_parameter(tree, lookup, backslash=backslash) if isinstance(tree, str) else tree


def _literals(text: str, lookup: Lookup, write: Callable[[str, str], str]) -> str:
    marks = dict(_marks(text))
    return _PLACE.sub(lambda found: write(lookup(found[1]), marks[found.start()]), text)


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
