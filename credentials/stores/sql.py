"""In a table of the server's own database, sealed: the usual store.

The table is handed in, so that it belongs to the server's metadata and migrations; `make_table`
makes one of the shape needed here.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from credentials.entry import Entry
from credentials.errors import Conflict, NotFound, StoreUnavailable
from credentials.sealing.envelope import KeyRing
from credentials.stores.protocol import check_version, open_entry, seal_entry


def make_table(metadata: MetaData, name: str = "credentials") -> Table:
    """The table: tenant, name, kind, sealed parts, master key, version."""
    return Table(
        name,
        metadata,
        Column("tenant", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("sealed", Text, nullable=False),
        Column("master_key", Text, nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("tenant", "name"),
    )


class SqlStore:
    """The credentials of one tenant in a table."""

    def __init__(
        self, engine: Engine, table: Table, ring: KeyRing, *, tenant: str = "default"
    ) -> None:
        self._engine = engine
        self._table = table
        self._ring = ring
        self._tenant = tenant

    def read(self, name: str) -> Entry:
        """The entry of a name."""
        try:
            with self._engine.connect() as connection:
                found = self._find(connection, name)
        except DBAPIError as error:
            raise _unavailable() from error
        if found is None:
            raise NotFound(f"no credential {name[:40]!r}; store it first")
        return found

    def write(self, entry: Entry) -> int:
        """Store it over the version that it states; two writers at once: one has a conflict."""
        try:
            with self._engine.begin() as connection:
                stored = self._find(connection, entry.name)
                check_version(entry, stored.version if stored else 0)
                return self._put(connection, entry)
        except IntegrityError as error:
            raise Conflict(f"{entry.name!r} was stored meanwhile; read it again") from error
        except DBAPIError as error:
            raise _unavailable() from error

    def delete(self, name: str) -> None:
        """Take it away, readable or not."""
        try:
            with self._engine.begin() as connection:
                gone = connection.execute(delete(self._table).where(self._is(name)))
        except DBAPIError as error:
            raise _unavailable() from error
        if gone.rowcount == 0:
            raise NotFound(f"no credential {name[:40]!r}")

    def names(self) -> list[str]:
        """All names of the tenant, in order."""
        columns = self._table.c
        query = select(columns.name).where(columns.tenant == self._tenant).order_by(columns.name)
        try:
            with self._engine.connect() as connection:
                return list(connection.execute(query).scalars())
        except DBAPIError as error:
            raise _unavailable() from error

    def _find(self, connection: Connection, name: str) -> Entry | None:
        columns = self._table.c
        query = select(columns.kind, columns.sealed, columns.version).where(self._is(name))
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return open_entry(
            self._ring, self._tenant, name, kind=row.kind, sealed=row.sealed, version=row.version
        )

    def _put(self, connection: Connection, entry: Entry) -> int:
        values = {
            "kind": entry.kind,
            "sealed": seal_entry(self._ring, self._tenant, entry),
            "master_key": self._ring.current.id,
            "version": entry.version + 1,
        }
        if entry.version == 0:
            key = {"tenant": self._tenant, "name": entry.name}
            connection.execute(insert(self._table).values(**key, **values))
            return 1
        unchanged = and_(self._is(entry.name), self._table.c.version == entry.version)
        done = connection.execute(update(self._table).where(unchanged).values(**values))
        if done.rowcount == 0:
            raise Conflict(f"{entry.name!r} was changed meanwhile; read it again")
        return entry.version + 1

    def _is(self, name: str) -> ColumnElement[bool]:
        return and_(self._table.c.tenant == self._tenant, self._table.c.name == name)


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("the database gave no answer; see whether it runs")
