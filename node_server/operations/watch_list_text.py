"""Watch lists in the forms in which OpenSanctions gives them out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec

from canonical_model.controls.screening import WatchEntry, entry_of_entity, entry_of_row
from node_server.errors import Refusal

_COLUMNS = {"id", "name"}


def entries_of(data: bytes, name: str) -> Iterator[WatchEntry]:
    """Entries of the simple CSV, or of entities, one JSON a line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: byte {error.start} is no UTF-8; save the list as UTF-8"
        raise Refusal(400, "body_unreadable", message) from None
    found = _entities(text, name) if text.lstrip().startswith("{") else _rows(text, name)
    return (each for each in found if each is not None)


def _rows(text: str, name: str) -> Iterator[WatchEntry | None]:
    rows = csv.DictReader(io.StringIO(text))
    if missing := _COLUMNS - set(rows.fieldnames or ()):
        hint = "give targets.simple.csv or entities.ftm.json of OpenSanctions"
        message = f"{name}: no column {' or '.join(sorted(missing))} in its first line"
        raise Refusal(422, "body_invalid", message, hint=hint)
    try:
        yield from map(entry_of_row, rows)
    except csv.Error as error:
        message = f"{name}: line {rows.line_num}: {error}"
        raise Refusal(400, "body_unreadable", message) from None


def _entities(text: str, name: str) -> Iterator[WatchEntry | None]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entity = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise Refusal(400, "body_unreadable", f"{name}: line {number}: {error}") from None
        if isinstance(entity, dict):
            yield entry_of_entity(entity)
