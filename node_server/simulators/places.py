"""Putting values at places of a tree, by the same paths that reading uses.

Fault.Error[0].Detail     makes the objects and lists that it needs
"@odata.etag"             a name with points or signs, in quotes
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

Step: TypeAlias = str | int

_STEP = re.compile(
    r'(?:^|\.)(?:"(?P<quoted>[^"]+)"|(?P<name>[A-Za-z_@$][\w@$:-]*))|\[(?P<index>\d+|\*)\]'
)
_HOLE = re.compile(r"\{([A-Za-z_][^{}\s]*)\}")


@lru_cache(maxsize=2048)
def steps_of(path: str) -> tuple[Step, ...]:
    """The names and numbers of a path; every item of a list (`[*]`) counts as its first."""
    found = [(m["quoted"] or m["name"], m["index"]) for m in _STEP.finditer(path)]
    return tuple(name or (0 if index == "*" else int(index)) for name, index in found)


def split(path: str) -> tuple[tuple[Step, ...], Step | None]:
    """The place that holds the last step, and that step."""
    steps = steps_of(path)
    return (steps[:-1], steps[-1]) if steps else ((), None)


def put(tree: Any, path: str, value: Any) -> Any:
    """The tree with a value at a path, changed in place where it can be; an empty path replaces."""
    return put_steps(tree, steps_of(path), value)


def put_steps(tree: Any, steps: tuple[Step, ...], value: Any) -> Any:
    """The same by steps."""
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if isinstance(first, int):
        rows = tree if isinstance(tree, list) else []
        rows.extend({} for _ in range(first + 1 - len(rows)))
        rows[first] = put_steps(rows[first], rest, value)
        return rows
    holder = tree if isinstance(tree, dict) else {}
    holder[first] = put_steps(holder.get(first), rest, value)
    return holder


def at(tree: Any, steps: tuple[Step, ...]) -> Any:
    """The value at these steps; nothing where there is none."""
    for step in steps:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def holes_of(texts: Any) -> list[str]:
    """The names in braces of every text of a tree."""
    if isinstance(texts, str):
        return _HOLE.findall(texts)
    if isinstance(texts, Mapping):
        return [name for each in texts.values() for name in holes_of(each)]
    if isinstance(texts, list):
        return [name for each in texts for name in holes_of(each)]
    return []


def filled(text: str, value_of: Callable[[str], str | None]) -> str:
    """A text with each `{name}` put in; one that is not known stays."""
    return _HOLE.sub(lambda found: value_of(found[1]) or found[0], text)


def read_out(template: Any, text: Any) -> dict[str, str]:
    """What stands in a text where its template has holes; nothing where it does not fit."""
    if not isinstance(template, str) or text is None or isinstance(text, dict | list):
        return {}
    pieces = _HOLE.split(template)
    pattern = "(.*)".join(re.escape(piece) for piece in pieces[::2])
    found = re.fullmatch(pattern, str(text), re.DOTALL)
    return dict(zip(pieces[1::2], found.groups(), strict=True)) if found else {}
