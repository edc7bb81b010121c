"""Opening the store: SQLite with the settings that make it safe and quick, or PostgreSQL."""

from __future__ import annotations

import fcntl
import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

_MIGRATING = 0x636F756E  # names the lock under which PostgreSQL is migrated
_BUSY_SECONDS = 30


class Store:
    """A database with its migrations applied."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _open(url)
        self.turn = threading.RLock()
        """Whose turn it is to write, in this process: SQLite lets a second writer try again and
        again, ever later. Others may gather under it to write together."""

    @property
    def embedded(self) -> bool:
        """Whether it is the file of this one machine."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store and changes nothing."""
        with self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def writing(self, *locks: str, durable: bool = False) -> Iterator[Connection]:
        """A transaction, alone with everything that holds one of these locks.

        SQLite has one writer at a time anyway. PostgreSQL takes an advisory lock for each name, in
        order, so that two transactions never wait for each other. What is `durable` outlives a
        loss of power; the rest outlives the death of this process.
        """
        engine = self.engine.execution_options(durable=True) if durable else self.engine
        with self._alone(), engine.begin() as connection:
            if not self.embedded:
                take_locks(connection, locks)
            yield connection

    def _alone(self) -> AbstractContextManager[Any]:
        return self.turn if self.embedded else nullcontext()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def take_locks(connection: Connection, names: Iterable[str]) -> None:
    """Advisory locks until the end of the transaction; nothing to do where there is one writer."""
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({_number(name) for name in names}):
        connection.execute(text("select pg_advisory_xact_lock(:n)"), {"n": number})


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def open_store(url: str) -> Store:
    """The store at that address, brought up to date under a lock."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate(url)
    return Store(url)


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=True)
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, pool_size=16,
        max_overflow=16,
    )  # fmt: skip
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`
    cursor = connection.cursor()
    cursor.execute("pragma foreign_keys = on")
    cursor.execute("pragma synchronous = normal")
    cursor.execute(f"pragma busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails when another wrote in between;
    # taking the write lock at once waits instead.
    options = connection.get_execution_options()
    # Only outside of a transaction: in WAL, `full` waits for the disk at each commit.
    level = "full" if options.get("durable", False) else "normal"
    connection.exec_driver_sql(f"pragma synchronous = {level}")
    connection.exec_driver_sql("begin" if options.get("reading", False) else "begin immediate")


def migrate(url: str) -> None:
    """Bring a store up to date, alone: others that start meanwhile wait."""
    with _alone(url) as connection:
        config = Config()
        config.set_main_option("script_location", str(files("node_server.store") / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    parsed = make_url(url)
    engine = create_engine(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            with _file_lock(f"{parsed.database}.lock"), engine.connect() as connection:
                # Once, before anyone else opens the file: two at once fail with "locked".
                connection.exec_driver_sql("pragma journal_mode = wal")
                yield connection
        else:
            with engine.connect() as connection:
                connection.execute(text("select pg_advisory_lock(:n)"), {"n": _MIGRATING})
                connection.commit()
                yield connection
    finally:
        engine.dispose()


@contextmanager
def _file_lock(path: str) -> Iterator[None]:
    with Path(path).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
