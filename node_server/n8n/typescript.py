"""Data as TypeScript, the way people write it: single quotes, tabs, no quotes around names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*\Z")
_WIDEST: Final = 90


class Code(str):
    """An expression that stands as it is."""

    __slots__ = ()


def literal(value: Any, depth: int = 0) -> str:
    """The value as an expression; on one line where it is short."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _block("{", "}", [_entry(k, v, depth + 1) for k, v in value.items()], depth)
    if isinstance(value, list | tuple):
        return _block("[", "]", [literal(each, depth + 1) for each in value], depth)
    return json.dumps(value)


def _text(value: str) -> str:
    plain = json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"')
    if "'" in plain and '"' not in plain:
        return f'"{plain}"'
    return "'" + plain.replace("'", "\\'") + "'"


def _entry(name: str, value: Any, depth: int) -> str:
    key = name if _NAME.match(name) else _text(name)
    return f"{key}: {literal(value, depth)}"


def _block(opening: str, closing: str, parts: list[str], depth: int) -> str:
    pad = " " if opening == "{" and parts else ""
    line = f"{opening}{pad}{', '.join(parts)}{pad}{closing}"
    if len(line) + 2 * depth <= _WIDEST and "\n" not in line:
        return line
    indent = "\t" * (depth + 1)
    inner = "".join(f"{indent}{part},\n" for part in parts)
    return f"{opening}\n{inner}" + "\t" * depth + closing
