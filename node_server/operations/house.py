"""What operations work with: settings, store, secrets. Made once for a process."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import connectors
from node_server.config import Settings
from node_server.operations.sealing import Seal, open_seal
from node_server.store.engine import Store, open_store


@dataclass(frozen=True)
class House:
    """The rooms that an operation may enter."""

    settings: Settings
    store: Store
    seal: Seal
    entities: dict[str, tuple[float, dict[str, tuple[str, ...]]]] = field(default_factory=dict)
    """What is known of each tenant's entities, and until when it is believed."""

    @cached_property
    def overlay(self) -> connectors.Overlay:
        """The operator's own connectors and overlays, for every tenant."""
        return self.settings.overlays or None

    def overlay_of(self, tenant: str) -> connectors.Overlay:
        """The operator's folders and, over them, those in `tenants/<tenant>` of each."""
        own = [str(path) for root in self.settings.overlays if (path := _of(root, tenant))]
        return (*self.settings.overlays, *own) or None

    def warm(self) -> None:
        """Load the connectors before the first caller has to wait for them."""
        connectors.map_payload(b"{}", overlay=self.overlay)

    def close(self) -> None:
        """Give everything back."""
        self.store.close()


def open_house(settings: Settings) -> House:
    """The house on these settings, its store brought up to date."""
    return House(settings, open_store(settings.store_url), open_seal(settings))


def _of(root: str, tenant: str) -> Path | None:
    base = Path(root).resolve() / "tenants"
    folder = (base / tenant).resolve()
    # A tenant's name comes from outside: it must not lead anywhere else.
    return folder if folder.parent == base and folder.is_dir() else None
