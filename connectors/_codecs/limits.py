"""What a codec may spend on one input, and the shapes all codecs answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

Tree: TypeAlias = Any
"""`dict[str, Tree] | list[Tree] | str` for text formats, an lxml element for XML-like ones."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one input; passing one is a `CodecError`, never an exhausted machine."""

    max_bytes: int = 256 * 1024 * 1024
    max_depth: int = 256
    max_items: int = 5_000_000
    max_line: int = 16 * 1024 * 1024


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something wrong that could be read past, with the place where it was seen."""

    code: str
    message: str
    severity: Literal["error", "warning", "info"] = "warning"
    where: str = ""


@dataclass(slots=True)
class Decoded:
    """All units of one input, the text encoding that was used, and what was read past."""

    units: list[Tree]
    encoding: str = "utf-8"
    notices: list[Notice] = field(default_factory=list)
    source: bytes = field(default=b"", repr=False, compare=False)
    """An XML document in UTF-8, as it was parsed, where it is the one unit."""


class Part(NamedTuple):
    """A piece of a streamed statement: its header, one entry, or its trailer."""

    kind: Literal["open", "item", "close"]
    tree: Tree
    notices: tuple[Notice, ...] = ()
