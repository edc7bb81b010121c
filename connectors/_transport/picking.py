"""Reading single places of an answer: the part of the path language that needs no compiler.

    Fault.Error[0].Detail     names and indices, -1 for the last
    value[*].clientState      every item of a list
    "@odata.nextLink"         a name with points or signs, in quotes

The engine's paths do more and live beside this room, which must not import them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, TypeAlias

from connectors.errors import PathError

Step: TypeAlias = str | int | None
"""A name, an index, or nothing for every item."""

_STEP = re.compile(
    r'(?:^|\.)(?:"(?P<quoted>[^"]+)"|(?P<name>[A-Za-z_@$][\w@$:-]*))|\[(?P<index>-?\d+|\*)\]'
)


def pick(tree: Any, path: str) -> Any:
    """The first value at a path; nothing where there is none. An empty path is the tree itself."""
    return next(iter(pick_all(tree, path)), None)


def pick_all(tree: Any, path: str) -> list[Any]:
    """All values at a path, nulls left out."""
    values = [tree]
    for step in _steps(path):
        values = [inner for value in values for inner in _inside(value, step)]
    return [value for value in values if value is not None]


def _inside(value: Any, step: Step) -> list[Any]:
    if isinstance(value, dict) and isinstance(step, str):
        return [value[step]] if step in value else []
    if isinstance(value, list) and step is None:
        return value
    if isinstance(value, list) and isinstance(step, int):
        return [value[step]] if -len(value) <= step < len(value) else []
    return []


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            raise PathError(f"column {position + 1} of {path[:60]!r}; use names, [n] and [*]")
        index = found["index"]
        steps.append(found["quoted"] or found["name"] or (None if index == "*" else int(index)))
        position = found.end()
    return tuple(steps)
