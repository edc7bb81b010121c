"""The watch lists of a tenant, read once and kept ready to be searched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final, TypeAlias

from sqlalchemy import Connection

from canonical_model.controls.screening import WatchList
from node_server.operations.watch_list_text import entries_of
from node_server.store import watch_lists

_MOST_KEPT: Final = 8
_Loaded: TypeAlias = tuple[tuple[str, str], ...]


class _Shelf:
    """The lists that were asked for last; one of a hundred thousand names takes seconds to read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, _Loaded], WatchList] = OrderedDict()

    def list_of(self, connection: Connection, tenant: str, loaded: _Loaded) -> WatchList:
        with self._lock:
            if (found := self._kept.get((tenant, loaded))) is not None:
                self._kept.move_to_end((tenant, loaded))
                return found
            found = WatchList(
                entry
                for name, sha256 in loaded
                for entry in entries_of(watch_lists.text(connection, tenant, sha256), name)
            )
            self._kept[tenant, loaded] = found
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return found


_SHELF: Final = _Shelf()


def listed(connection: Connection, tenant: str) -> WatchList:
    """Everybody on any watch list of the tenant."""
    rows = watch_lists.of_tenant(connection, tenant)
    loaded = tuple((row["name"], row["raw_sha256"]) for row in rows)
    return _SHELF.list_of(connection, tenant, loaded)
