"""Whose package it is: the marks of a brand in names, files and texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from node_server.n8n.wording import camel, pascal

_BRAND: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


class BadBrand(ValueError):
    """A brand that cannot name an npm package."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A package under a name of its own; templates hold marks where the name goes."""

    slug: str = "counterfoil"
    name: str = "Counterfoil"
    version: str = "0.1.0"
    author: str = "The Counterfoil authors"
    email: str = "counterfoil@users.noreply.github.com"
    repository: str = "https://github.com/counterfoil/n8n-nodes-counterfoil"

    def __post_init__(self) -> None:
        if not _BRAND.match(self.slug):
            raise BadBrand(f"{self.slug[:40]!r} names no package; use small letters, digits and -")

    @property
    def package(self) -> str:
        """The npm package."""
        return f"n8n-nodes-{self.slug}"

    def branded(self, text: str) -> str:
        """The text with this brand in every place that is marked."""
        for mark, value in self._marks.items():
            text = text.replace(mark, value)
        return text

    @property
    def _marks(self) -> dict[str, str]:
        return {
            "BRAND__": self.name,
            "Brand__": pascal(self.slug),
            "brand__": camel(self.slug),
            "brand--": self.slug,
            "HOMEPAGE__": self.repository,
            "VERSION__": self.version,
            "AUTHOR__": self.author,
            "EMAIL__": self.email,
        }
