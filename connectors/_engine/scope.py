"""Where a part of a map stands, in the payload and in the document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors._engine.run_state import POSITION


@dataclass(frozen=True)
class Scope:
    """Where a block stands: its place in the source and in the document."""

    source: str = ""
    target: str = ""
    joint: str = "."

    def into(self, name: str) -> Scope:
        """The scope of a field."""
        return replace(self, target=f"{self.target}.{name}".removeprefix("."))

    def at(self, path: str) -> Scope:
        """The scope of a node below this one."""
        return replace(self, source=self.join(path))

    def every(self, path: str) -> Scope:
        """The scope of each item of a list."""
        path = path.removesuffix("[*]")
        return replace(self, source=self.join(path) + POSITION)

    def every_target(self) -> Scope:
        """The scope of each item of the list that is built."""
        return replace(self, target=self.target + POSITION)

    def join(self, path: str) -> str:
        """A path below this scope, as a person would write it."""
        if path == ".":
            return self.source
        if path.startswith(("$", "/")):
            return path
        if path.startswith("^"):
            return self._outside(path)
        return f"{self.source}{self.joint if self.source else ''}{path}"

    def _outside(self, path: str) -> str:
        """A path from what holds this scope, as one from the root."""
        rest = path.lstrip("^")
        steps = self.source.split(self.joint)[: len(rest) - len(path)] if self.source else []
        return self.joint.join([*steps, *filter(None, [rest.removeprefix(self.joint)])])
