"""The package for n8n, from what this installation can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import connectors
from node_server.n8n.brand import Brand
from node_server.n8n.building import package, write


@dataclass(frozen=True, slots=True)
class Wish:
    """What package is wanted."""

    brand: str = "counterfoil"
    chosen: tuple[str, ...] = ()
    """Connectors that get a node of their own; all of them unless some are named."""
    icon: str | None = None
    overlay: connectors.Overlay = None
    stated: Mapping[str, str] = field(default_factory=dict)


def build(description: Mapping[str, Any], wish: Wish, folder: Path) -> str:
    """Write the package; its name."""
    pack = connectors.pack(wish.overlay).connectors
    for name in wish.chosen:
        connectors.pack(wish.overlay)[name]  # an unknown one is refused with the nearest
    brand = _brand(wish)
    write(package(description, pack.values(), brand, chosen=wish.chosen, icon=wish.icon), folder)
    return brand.package


def _brand(wish: Wish) -> Brand:
    stated = dict(wish.stated)
    if release := stated.pop("release", None):
        stated["version"] = release
    if wish.brand == Brand().slug:
        return Brand(**stated)
    name = wish.brand.replace("-", " ").title()
    usual = {
        "name": name,
        "repository": f"https://github.com/{wish.brand}/n8n-nodes-{wish.brand}",
        "author": stated.get("name", name),
        "email": f"{wish.brand}@users.noreply.github.com",
    }
    return Brand(wish.brand, **{**usual, **stated})
