"""Every row of every table, out and in again, the same for both databases."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select

from node_server.store.schema import metadata

_BATCH = 500


def rows(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row, tables in the order in which they can be filled."""
    for table in metadata.sorted_tables:
        query = select(table).execution_options(yield_per=_BATCH)
        for row in connection.execute(query).mappings():
            yield str(table.name), {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value


def empty(connection: Connection) -> bool:
    """Whether there is nothing in any table."""
    return not any(
        connection.scalar(select(func.count()).select_from(table))
        for table in metadata.sorted_tables
    )


def fill(connection: Connection, found: Iterable[tuple[str, dict[str, Any]]]) -> int:
    """Put rows in; how many there were."""
    count = 0
    waiting: list[dict[str, Any]] = []
    current: Table | None = None
    for name, row in found:
        table = metadata.tables[name]
        if table is not current or len(waiting) >= _BATCH:
            _put(connection, current, waiting)
            current, waiting = table, []
        waiting.append(_read(table, row))
        count += 1
    _put(connection, current, waiting)
    _number_on(connection)
    return count


def _read(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    return {
        name: base64.b64decode(value["base64"]) if name in binary and value else value
        for name, value in row.items()
    }


def _put(connection: Connection, table: Table | None, waiting: list[dict[str, Any]]) -> None:
    if table is not None and waiting:
        connection.execute(insert(table), waiting)


def _number_on(connection: Connection) -> None:
    """PostgreSQL counts by itself: it must go on after the rows that were put in."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "position" in table.c:
            last = connection.scalar(select(func.max(table.c.position))) or 0
            numbers = func.pg_get_serial_sequence(table.name, "position")
            connection.execute(select(func.setval(numbers, last + 1, False)))
