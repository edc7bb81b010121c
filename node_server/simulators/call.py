"""A call as a simulator takes it, and the answer it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from connectors._codecs import json_tree
from connectors.errors import CodecError


@dataclass(frozen=True)
class Call:
    """One request to the target. Header names are in small letters."""

    method: str
    path: str
    """Below the system's own prefix, without percent signs."""
    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str
    """Address of the system: scheme, host, port and prefix."""

    @cached_property
    def tree(self) -> Any:
        """The body as JSON with exact numbers; nothing where it is none."""
        try:
            return json_tree.decode(self.body).units[0]
        except CodecError:
            return None

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The body where it is a JSON object."""
        return self.tree if isinstance(self.tree, dict) else {}

    def header(self, name: str) -> str:
        """A header, empty where there is none."""
        return self.headers.get(name.lower(), "")


@dataclass
class Reply:
    """One answer."""

    JSON: ClassVar[str] = "application/json"

    status: int
    tree: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    """A body that is not JSON."""

    @property
    def body(self) -> bytes:
        """What is sent."""
        if self.text:
            return self.text.encode()
        return b"" if self.tree is None else json_tree.write(self.tree)

    @property
    def ok(self) -> bool:
        """Whether the call was granted."""
        return self.status < 400

    def kept(self) -> dict[str, Any]:
        """All of it, for an answer that is given again."""
        return {"status": self.status, "tree": self.tree, "headers": self.headers}


class Refused(Exception):
    """A refusal in the middle of a call: `reply` is what the target says."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply
