"""The heads of map files: what says which payloads a map is for, without reading all of it.

A pack has hundreds of maps, and a payload needs one of them: the others are not even parsed.
"""

from __future__ import annotations

import re
from typing import Any

from connectors._engine.yaml_file import read_yaml

_KEYS = ("codec", "extends", "recognises")
# In block style a key of the file stands at the margin; what belongs to it is indented, but for
# the items of a list.
_parts = re.compile(rf"^(?:{'|'.join(_KEYS)}):.*\n?(?:(?:[ \t#]|-(?!--)|$).*\n?)*", re.M).findall
_LOOK = frozenset({"root", "namespace", "type", "has", "where", "shares"})


def head_of(name: str, text: str) -> dict[str, Any]:
    """Codec, recognition and `extends` of a map file; `MapError` where they are no YAML.

    Empty for a file in which they are written in another style.
    """
    parts = _parts(text)
    content = read_yaml(name, "".join(_closed(part) for part in parts)).content if parts else {}
    return content if isinstance(content, dict) else {}


def _closed(part: str) -> str:
    return part if part.endswith("\n") else f"{part}\n"


def looks_of(head: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What a map recognises, one look or several; None for what only the contract can judge."""
    found = head.get("recognises", {})
    looks = found if isinstance(found, list) else [found]
    plain = all(isinstance(look, dict) and look.keys() <= _LOOK for look in looks)
    return looks if plain and isinstance(head.get("codec"), str) else None
