"""Functions of a map, each compiled when it is first called: most payloads need few of them."""

from __future__ import annotations

from typing import Any


class Late:
    """A function that takes its own place in a namespace when it is first called."""

    __slots__ = ("name", "namespace", "source")

    def __init__(self, namespace: dict[str, Any], name: str, source: str) -> None:
        self.namespace = namespace
        self.name = name
        self.source = source

    def settle(self) -> None:
        """Compile it."""
        code = compile(self.source, "<map>", "exec")
        exec(code, self.namespace)  # noqa: S102  (our own text: no value of a map is pasted as code)

    def __call__(self, *arguments: Any) -> Any:
        self.settle()
        return self.namespace[self.name](*arguments)
