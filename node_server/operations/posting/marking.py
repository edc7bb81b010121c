"""Putting our key and our mark into what is sent, where the manifest says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from canonical_model.identity.outbound import SHORTEST_CUT, OutboundKey
from connectors._transport.picking import pick
from node_server.errors import Refusal

_STEP = re.compile(
    r'(?:^|\.)(?:"(?P<quoted>[^"]+)"|(?P<name>[A-Za-z_@$][\w@$:-]*))|\[(?P<at>\d+)\]'
)
_MARK: Final = 26
"""Characters of our mark where the field has room: 130 bits."""
_UUID: Final = 36
_HEX: Final = 32


@dataclass(frozen=True, slots=True)
class Places:
    """What goes into headers, parameters and path besides the body."""

    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def spelt(key: OutboundKey, spec: Mapping[str, Any]) -> str:
    """The key in the form and length that a target takes."""
    most = spec.get("max", 255)
    form = spec.get("form", "text")
    if form == "uuid" and most >= _UUID:
        return key.uuid
    if form in ("uuid", "hex") and most >= _HEX:
        return key.hex32
    return key.hex64 if most >= len(key.hex64) else key.cut(min(most, len(key.base32)))


def put_key(key: OutboundKey, spec: Mapping[str, Any] | None, tree: Any) -> Places:
    """The key where the target looks for it; into the tree itself where it is the body."""
    places = Places()
    if spec is None:
        return places
    text, name = spelt(key, spec), spec["name"]
    if spec["in"] == "body":
        put(tree, name, text)
    elif spec["in"] == "header":
        places.headers[name] = text
    elif spec["in"] == "query":
        places.params[name] = text
    else:
        places.values[name] = places.values["key"] = text
    return places


def put_mark(key: OutboundKey, marker: Mapping[str, Any] | None, tree: Any) -> None:
    """Our mark into its field. What a person or the document has put there stays before it."""
    if marker is None or marker.get("natural") or tree is None:
        return
    there, most = text_at(tree, marker["path"]), marker.get("max", 255)
    room = most - (len(there) + 1 if there else 0)
    if room < SHORTEST_CUT:
        return
    mark = key.cut(min(_MARK, room))
    put(tree, marker["path"], f"{there} {mark}" if there else mark)


def mark_in(tree: Any, marker: Mapping[str, Any] | None) -> str:
    """What stands in the field that is looked for."""
    return text_at(tree, marker["path"]) if marker is not None else ""


def is_marked(key: OutboundKey, mark: str) -> bool:
    """Whether what stands there is ours alone."""
    last = mark.rpartition(" ")[2]
    return len(last) >= SHORTEST_CUT and key.base32.startswith(last)


def text_at(tree: Any, path: str) -> str:
    """The value at a path as text; empty where there is none, or more than a value."""
    found = pick(tree, path) if tree is not None else None
    return "" if found is None or isinstance(found, (dict, list)) else str(found)


def put(tree: Any, path: str, value: str) -> None:
    """Set the value at a path of names and positions; what is missing on the way is made."""
    steps = _steps(path)
    for step, following in itertools.pairwise(steps):
        tree = _inside(tree, step, [] if isinstance(following, int) else {}, path)
    _set(tree, steps[-1], value, path)


def _steps(path: str) -> list[str | int]:
    found = list(_STEP.finditer(path))
    if "".join(each[0] for each in found) != path or not found:
        raise Refusal(422, "map_unusable", f"{path[:60]!r} is no place in a payload")
    return [int(e["at"]) if e["at"] else e["quoted"] or e["name"] for e in found]


def _inside(tree: Any, step: str | int, empty: Any, path: str) -> Any:
    if isinstance(tree, dict) and isinstance(step, str):
        return tree.setdefault(step, empty)
    if isinstance(tree, list) and isinstance(step, int) and step < len(tree):
        return tree[step]
    if isinstance(tree, list) and step == len(tree):
        tree.append(empty)
        return empty
    raise _nowhere(path)


def _set(tree: Any, step: str | int, value: str, path: str) -> None:
    if isinstance(tree, dict) and isinstance(step, str):
        tree[step] = value
    elif isinstance(tree, list) and isinstance(step, int) and step <= len(tree):
        tree[step : step + 1] = [value]
    else:
        raise _nowhere(path)


def _nowhere(path: str) -> Refusal:
    return Refusal(422, "map_unusable", f"the payload has no place for {path[:60]!r}")
