"""Looking after what is stored: backup, restore, retention, erasure."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.store import (
    access,
    answers,
    authorisations,
    clock,
    copying,
    erasing,
    exchanges,
    records,
)

_FORMAT = "counterfoil/backup/1"
_ANSWER_DAYS = 30
_EXCHANGE_DAYS = 90
_DAY = 86_400


def backup(house: House, file: Path) -> int:
    """Write every row to a gzipped file of JSON lines, all of one moment; how many there were."""
    part = file.with_name(file.name + ".part")
    count = 0
    with house.store.reading() as connection, gzip.open(part, "wb", compresslevel=5) as out:
        out.write(msgspec.json.encode({"format": _FORMAT, "at": clock.stamp()}) + b"\n")
        for table, row in copying.rows(connection):
            out.write(msgspec.json.encode([table, row]) + b"\n")
            count += 1
        out.write(msgspec.json.encode({"rows": count}) + b"\n")
    part.replace(file)  # a backup that broke off never has the name of a whole one
    return count


def restore(house: House, file: Path) -> int:
    """Read a backup into an empty store; nothing is changed unless all of it could be read."""
    with house.store.writing("restore") as connection:
        if not copying.empty(connection):
            hint = "give a new --data folder, or an empty database"
            raise Refusal(409, "conflict", f"the store is not empty; {hint}")
        try:
            return copying.fill(connection, _rows(file))
        except (OSError, EOFError, msgspec.DecodeError, KeyError, ValueError) as error:
            message = f"{file.name} is no whole backup: {type(error).__name__}"
            raise Refusal(422, "body_invalid", message) from None


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    count, closed = 0, False
    with gzip.open(file, "rb") as lines:
        head = msgspec.json.decode(next(lines, b"{}"))
        if head.get("format") != _FORMAT:
            raise ValueError("another format")
        for line in lines:
            content = msgspec.json.decode(line)
            if isinstance(content, dict):
                closed = content["rows"] == count
                continue
            count += 1
            yield content[0], content[1]
    if not closed:
        raise ValueError("breaks off")


def prune(house: House, days: int | None = None) -> dict[str, int]:
    """Remove what is past its retention; what was archived only."""
    keep = days or house.settings.retention_days
    with house.store.writing() as connection:
        old = answers.forget(connection, clock.stamp(after=-_ANSWER_DAYS * _DAY))
        gone = erasing.archived(connection, clock.stamp(after=-keep * _DAY)) if keep else 0
        payloads = erasing.payloads_of_nobody(connection) if gone else 0
        said = exchanges.forget(connection, before=clock.stamp(after=-_EXCHANGE_DAYS * _DAY))
        authorisations.forget(connection, before=clock.stamp())
    return {"documents": gone, "payloads": payloads, "answers": old, "exchanges": said}


def erase(house: House, tenant: str, record_id: str, actor: str, reason: str) -> None:
    """Erase a document; that it was there, who erased it and why stays."""
    with house.store.writing() as connection:
        if not records.exists(connection, tenant, record_id):
            raise Refusal(404, "not_found", "there is no such document")
        erasing.record(connection, tenant, record_id)
        erasing.payloads_of_nobody(connection)
        access.note(connection, audit_row(tenant, actor, "erased", record_id, reason))
