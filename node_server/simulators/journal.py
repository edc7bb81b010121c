"""What outlives a simulator that is killed: one SQLite file, or nothing.

Everything is kept in memory and read there; the file is written before a call is answered. A
process may be killed at any moment and loses nothing; the file is not forced to the disk, so that
a machine that loses its power may.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors._codecs import json_tree

_TABLE = """create table if not exists entries (
    system text not null, kind text not null, name text not null, value blob not null,
    primary key (system, kind, name)) without rowid"""
_PUT = "insert or replace into entries values (?, ?, ?, ?)"


class Journal:
    """Named JSON values of several kinds for each system."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._sql: sqlite3.Connection | None = None
        if file is not None:
            self._sql = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            self._sql.execute("pragma journal_mode = wal")
            self._sql.execute("pragma synchronous = normal")
            self._sql.execute(_TABLE)

    def put(self, system: str, values: list[tuple[str, str, Any]]) -> None:
        """Keep values of (kind, name), all of them or none."""
        if self._sql is None:
            return
        rows = [(system, kind, name, json_tree.write(value)) for kind, name, value in values]
        with self._lock:
            self._sql.execute("begin immediate")
            self._sql.executemany(_PUT, rows)
            self._sql.execute("commit")

    def drop(self, system: str, kind: str = "", name: str = "") -> None:
        """Forget a value, a kind, or all of a system."""
        wanted = {"system": system, "kind": kind, "name": name}
        given = {column: value for column, value in wanted.items() if value}
        if self._sql is not None:
            where = " and ".join(f"{column} = ?" for column in given)
            with self._lock:
                self._sql.execute(f"delete from entries where {where}", tuple(given.values()))  # noqa: S608 - our own column names

    def read(self, system: str) -> Iterator[tuple[str, str, Any]]:
        """All that is kept of a system."""
        if self._sql is None:
            return
        with self._lock:
            rows = self._sql.execute(
                "select kind, name, value from entries where system = ?", (system,)
            ).fetchall()
        for kind, name, value in rows:
            yield kind, name, json_tree.decode(value).units[0]

    def close(self) -> None:
        """Close the file."""
        if self._sql is not None:
            self._sql.close()
