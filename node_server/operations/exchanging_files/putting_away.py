"""Moving a file to where it belongs when it was read: into the archive, or among the errors."""

from __future__ import annotations

from connectors._transport import TransportFailed
from connectors._transport.places import Place, joined
from node_server.operations.calling.files.exchange import Exchange

_DIGITS = 12


def put_away(place: Place, exchange: Exchange, name: str, sha256: str, *, good: bool) -> str | None:
    """Move it, if the connection says where; why it could not be, if so.

    A file of that name that lies there already stays: this one gets its hash into its name. With
    the same hash there, it is the same file, and this one goes.
    """
    stated = exchange.pull.get("archive" if good else "errors")
    if not stated:
        return None
    path, folder = joined(exchange.inbox, name), stated.strip("/")
    try:
        place.make_folder(folder)
        _moved(place, path, folder, name, sha256)
    except TransportFailed as error:
        if error.code not in ("denied", "failed", "gone"):
            raise
        return error.message
    return None


def _moved(place: Place, path: str, folder: str, name: str, sha256: str) -> None:
    try:
        place.move(path, joined(folder, name))
        return
    except TransportFailed as error:
        if error.code != "there":
            raise
    try:
        place.move(path, joined(folder, _with_hash(name, sha256)))
    except TransportFailed as error:
        if error.code != "there":
            raise
        place.remove(path)


def _with_hash(name: str, sha256: str) -> str:
    stem, point, suffix = name.rpartition(".")
    stem = stem if point else suffix
    ending = f".{suffix}" if point else ""
    return f"{stem[:200]}-{sha256[:_DIGITS]}{ending[:40]}"
