"""What can go wrong between bytes and document.

* ConnectorError
  + CodecError        the bytes do not follow their format's grammar: fix the file
  + MapError          a map or manifest cannot be used: fix it; carries every problem found
  + PathError         a path of a map is outside the language: fix it
  + TransformError    a value that a transform cannot take: becomes an issue of its field
  + UnknownConnector  no connector, resource or direction of that name: fix the call
"""

from __future__ import annotations

from collections.abc import Sequence


class ConnectorError(Exception):
    """Base of every error that leaves this package."""


class PathError(ConnectorError):
    """A path that is not of the language; names the column and what is supported."""


class TransformError(ConnectorError):
    """A value that a transform cannot take; the message says what it would take."""


class UnknownConnector(ConnectorError):
    """No connector or resource has this name; the message offers the nearest ones."""


class MapError(ConnectorError):
    """A map or manifest that cannot be used; `problems` are all of them, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class CodecError(ConnectorError):
    """The bytes cannot be read as this format; says what was found, where, and what would work."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        byte: int | None = None,
        segment: str | None = None,
        record: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.byte = byte
        self.segment = segment
        self.record = record
        self.hint = hint

    @property
    def where(self) -> str:
        """The position in words, `line 3, column 7`; empty when the whole input is meant."""
        parts = ("line", "column", "byte", "segment", "record")
        return ", ".join(f"{p} {getattr(self, p)}" for p in parts if getattr(self, p) is not None)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message
