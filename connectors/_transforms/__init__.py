"""Named, pure functions that maps pipe values through, one family a file."""

from __future__ import annotations

from connectors._transforms import codes, dates, edi, files, numbers, texts
from connectors._transforms.registry import Transform, find_transform, transform_names

__all__ = [
    "Transform",
    "codes",
    "dates",
    "edi",
    "files",
    "find_transform",
    "numbers",
    "texts",
    "transform_names",
]
