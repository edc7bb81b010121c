"""What operations work with: settings, store, secrets. Made once for a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import connectors
from node_server.config import Settings
from node_server.operations.master_keys import Keys
from node_server.store.engine import Store, open_store

_T = TypeVar("_T")


@dataclass(frozen=True)
class House:
    """The rooms that an operation may enter."""

    settings: Settings
    store: Store
    keys: Keys
    entities: dict[str, tuple[float, dict[str, tuple[str, ...]]]] = field(default_factory=dict)
    """What is known of each tenant's entities, and until when it is believed."""
    _kept: dict[Callable[[House], Any], Any] = field(default_factory=dict, repr=False)
    _making: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def kept(self, make: Callable[[House], _T]) -> _T:
        """What this process needs once: made by the first who asks, closed with the house."""
        with self._making:
            if make not in self._kept:
                self._kept[make] = make(self)
            found: _T = self._kept[make]
            return found

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
        for each in reversed(list(self._kept.values())):
            if callable(close := getattr(each, "close", None)):
                close()
        self._kept.clear()
        self.store.close()


def open_house(settings: Settings) -> House:
    """The house on these settings, its store brought up to date."""
    return House(settings, open_store(settings.store_url), Keys(settings))


def _of(root: str, tenant: str) -> Path | None:
    base = Path(root).resolve() / "tenants"
    folder = (base / tenant).resolve()
    # A tenant's name comes from outside: it must not lead anywhere else.
    return folder if folder.parent == base and folder.is_dir() else None
