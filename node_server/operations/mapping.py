"""Mapping payloads: files, folders, archives, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import connectors
from canonical_model import wire
from canonical_model.envelope import Context, Record
from connectors.errors import CodecError
from node_server.errors import Refusal


@dataclass(frozen=True, slots=True)
class How:
    """How payloads are to be mapped; the same for all of one call."""

    connector: str | None = None
    resource: str | None = None
    overlay: connectors.Overlay = None
    tenant: str = "default"
    entity: str | None = None
    own_ids: tuple[str, ...] = ()
    unmapped: bool = False
    explain: bool = False

    @property
    def context(self) -> Context:
        """What a payload does not say."""
        return Context(tenant=self.tenant, entity=self.entity, own_ids=self.own_ids)


def map_one(data: bytes, name: str, how: How) -> dict[str, Any]:
    """The result of one payload as plain data, with the name of its file."""
    result = connectors.map_payload(
        data,
        connector=how.connector,
        resource=how.resource,
        filename=name,
        overlay=how.overlay,
        context=how.context,
        unmapped=how.unmapped,
    )
    return {
        "file": name,
        "connector": result.connector,
        "resource": result.resource,
        "format": result.format,
        "records": [_plain(record, how) for record in result.records],
        "issues": [wire.to_plain(issue) for issue in result.issues],
    }


def _plain(record: Record, how: How) -> dict[str, Any]:
    plain: dict[str, Any] = wire.to_plain(record)
    if how.explain:
        found = connectors.explain_record(record, overlay=how.overlay)
        plain["explained"] = [wire.to_plain(each) for each in found]
    return plain


def map_file(path: str, how: How) -> list[dict[str, Any]]:
    """The results of one file: one, or one for each member of an archive; never an exception."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        return [_failed(path, "unreadable_file", f"cannot be read: {error.strerror}", None)]
    found = []
    try:
        for name, payload in connectors.unpack(data, path):
            found.append(map_one(payload, name, how))
    except CodecError as error:
        found.append(_failed(path, error.code, error.message, error.hint))
    return found


def map_files(paths: Sequence[str], how: How, jobs: int = 1) -> Iterator[list[dict[str, Any]]]:
    """The results of each file in order, by so many processes."""
    if jobs <= 1 or len(paths) < 2:
        for path in paths:
            yield map_file(path, how)
        return
    with ProcessPoolExecutor(max_workers=jobs) as workers:
        yield from workers.map(partial(map_file, how=how), paths, chunksize=8)


def files_in(paths: Sequence[str]) -> list[str]:
    """The files named, and those in the folders named, in order."""
    found: list[str] = []
    for name in paths:
        folder = Path(name)
        if name != "-" and folder.is_dir():
            inside = sorted(p for p in folder.rglob("*") if p.is_file() and p.name[0] != ".")
            found += map(str, inside)
        else:
            found.append(name)
    return found


def why_nothing(issues: list[dict[str, Any]]) -> Refusal:
    """The refusal of a payload that gave no record: unreadable, or claimed by nobody."""
    first = issues[0] if issues else {"code": "no_documents", "message": "nothing in it"}
    places = [
        {name: issue[name] for name in ("code", "message", "hint") if name in issue}
        | {"path": issue.get("source_path", "")}
        for issue in issues
    ]
    claimed = first["code"] in ("unclaimed", "ambiguous", "no_documents", "not_in_map")
    status, code = (422, "unclaimed") if claimed else (400, "body_unreadable")
    return Refusal(status, code, first["message"], errors=places, hint=first.get("hint"))


def _failed(name: str, code: str, message: str, hint: str | None) -> dict[str, Any]:
    issue = {"code": code, "severity": "error", "message": message}
    issues = [{**issue, "hint": hint} if hint else issue]
    nothing = dict.fromkeys(("connector", "resource", "format"))
    return {"file": name, **nothing, "records": [], "issues": issues}
