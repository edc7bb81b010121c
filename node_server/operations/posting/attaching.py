"""The request that attaches a file to a record, made when the record is there and has an id."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from connectors._codecs import json_tree
from connectors._transport import Request
from node_server.operations.calling import Caller
from node_server.operations.calling.filling import fill_tree
from node_server.operations.house import House
from node_server.operations.posting.attachments import File, file_of
from node_server.operations.posting.blocking import Blocked
from node_server.operations.posting.effects import ATTACH, base_step, id_there, operation_of
from node_server.operations.posting.marking import put
from node_server.operations.posting.referring import made_there
from node_server.store import records
from node_server.store.counterfoils import Row

_JSON = "application/json"
_PART = "metadata"


def attached(house: House, caller: Caller, row: Row) -> dict[str, Any]:
    """The columns of a counterfoil that hold its request."""
    known = attached_file(house, caller, row)
    file = known.pop("file")
    spec = operation_of(caller.connector, row["resource"], ATTACH)
    request = _STYLES[spec["style"]](caller, spec, file, known)
    return {
        "method": request.method,
        "url": request.url,
        "headers": json_tree.write(dict(request.headers)).decode(),
        "body": request.body,
    }


def attached_file(house: House, caller: Caller, row: Mapping[str, Any]) -> dict[str, Any]:
    """The file of an effect, and what stands for `{id}`, `{name}` and so on in the manifest."""
    with house.store.reading() as connection:
        stored = records.get(connection, row["tenant"], row["record_id"])
        made = made_there(connection, row["tenant"], row["connection_id"], row["record_id"])
        if stored is None or made is None or not made["target_id"]:
            raise Blocked("the target has no id of the record yet")
        sha256 = base_step(row["step"])
        file = file_of(connection, row["tenant"], stored.record, sha256)
    if file is None:
        raise Blocked("the file is not kept any more")
    target_id = id_there(caller.connector, row["resource"], made["target_id"])
    return {
        "file": file, "id": target_id, "name": file.name, "mime": file.mime,
        "size": str(len(file.data)), "sha256": sha256,
    }  # fmt: skip


def _raw(caller: Caller, spec: Mapping[str, Any], file: File, known: Mapping[str, Any]) -> Request:
    stated = {"content_type": file.mime, **_call(spec)}
    return caller.request(stated, known, body=file.data)


def _base64(
    caller: Caller, spec: Mapping[str, Any], file: File, known: Mapping[str, Any]
) -> Request:
    tree = _filled(spec, known)
    put(tree, spec["field"], base64.b64encode(file.data).decode())
    return caller.request(_call(spec), known, body=json_tree.write(tree))


def _multipart(
    caller: Caller, spec: Mapping[str, Any], file: File, known: Mapping[str, Any]
) -> Request:
    boundary = f"counterfoil-{file.sha256[:32]}"
    head = 'Content-Disposition: form-data; name="{}"'
    parts: list[tuple[str, str, bytes]] = []
    if "body" in spec:
        tree = json_tree.write(_filled(spec, known))
        parts.append((head.format(spec.get("part", _PART)), _JSON, tree))
    named = head.format(spec["field"]) + f'; filename="{file.name}"'
    parts.append((named, file.mime, file.data))
    body = b"".join(_part(boundary, *each) for each in parts) + f"--{boundary}--\r\n".encode()
    mime = f"multipart/form-data; boundary={boundary}"
    return caller.request({"content_type": mime, **_call(spec)}, known, body=body)


def _part(boundary: str, disposition: str, mime: str, data: bytes) -> bytes:
    return (
        f"--{boundary}\r\n{disposition}\r\nContent-Type: {mime}\r\n\r\n".encode() + data + b"\r\n"
    )


def _filled(spec: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    return fill_tree(spec.get("body", {}), lambda name: known.get(name, ""))


def _call(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The call without the body that the manifest gives a shape of."""
    return {name: value for name, value in spec.items() if name != "body"}


_STYLES = {"raw": _raw, "base64": _base64, "multipart": _multipart}
