"""Files on records: raw bodies, forms of several parts, and base64 in JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.formparser import parse_form_data

from node_server.simulators.call import Call, Reply
from node_server.simulators.described import Route, Spec
from node_server.simulators.places import at, filled, holes_of, put, read_out, steps_of
from node_server.simulators.refusals import Refusals
from node_server.simulators.rows import Rows


def attach(
    call: Call, route: Route, holes: Mapping[str, str], rows: Rows, refusals: Refusals
) -> Reply:
    """Keep a file on the record that the path or the body names."""
    data, told = _file(call, str(route.spec["style"]), str(route.spec.get("field", "")))
    names = {**_named(route.spec.get("body", {}), told), **holes}
    with rows.lock:
        row = rows.find(route.shelf, names.get("id", ""))
        if row is None:
            return refusals.missing(names.get("id", "") or "the record")
        if not data:
            return refusals.refusal(400, "The file is empty", spec=route.spec)
        digest = hashlib.sha256(data).hexdigest()
        file_id = f"{digest[:12]}-{len(row.files) + 1}"
        name = names.get("name", "")
        row.files.append({"id": file_id, "name": name, "bytes": len(data), "sha256": digest})
        rows.keep([row])
    return Reply(200, put({}, str(route.spec.get("id", "id")), file_id))


def listed_files(
    call: Call, routes: Sequence[Route], holes: Mapping[str, str], rows: Rows
) -> Reply:
    """The files on the record that is asked about, as the manifest's look-up reads them."""
    spec = routes[0].spec
    found: list[dict[str, Any]] = []
    for route in routes:
        names = {**_asked(route.spec, call), **holes}
        with rows.lock:
            row = rows.find(route.shelf, names["id"]) if "id" in names else None
            files = list(row.files) if row else []
        wanted = [each for each in files if each["name"] == names.get("name", each["name"])]
        found += [_shown(route.spec, each) for each in wanted]
    items = str(spec.get("items", ""))
    return Reply(200, put({}, items, found) if items else found)


def _asked(spec: Spec, call: Call) -> dict[str, str]:
    """What stands where the look-up names a record and a file."""
    found = _named(spec.get("body", {}), call.tree)
    for name, template in spec.get("params", {}).items():
        value = call.params.get(name, "")
        if name in spec.get("encode", {}):
            found |= _named(json.loads(template), _json(urlsafe_b64decode(value).decode()))
        else:
            found |= read_out(template, value)
    return found


def _shown(spec: Spec, file: Mapping[str, Any]) -> dict[str, Any]:
    known = {"name": file["name"], "size": file["bytes"], "sha256": file["sha256"]}
    record: dict[str, Any] = put({}, str(spec["id"]), file["id"])
    for path, template in spec.get("match", {}).items():
        put(record, path, filled(template, lambda name: str(known.get(name, ""))))
    return record


def is_named(call: Call, spec: Spec) -> bool:
    """Whether the body says the fixed words that this resource's calls say (`type: Bill`)."""
    told = _file(call, str(spec["style"]), str(spec.get("field", "")))[1]
    return _fits(spec.get("body", {}), told)


def _fits(template: Any, told: Any) -> bool:
    if isinstance(template, Mapping):
        return all(_fits(inner, at(told, (name,))) for name, inner in template.items())
    if isinstance(template, list):
        return all(_fits(inner, at(told, (place,))) for place, inner in enumerate(template))
    if holes_of(template):
        return told is None or bool(read_out(template, told))
    return bool(template == told)


def _file(call: Call, style: str, field: str) -> tuple[bytes, Any]:
    """The bytes, and the JSON that came with them."""
    if style == "raw":
        return call.body, {}
    if style == "base64":
        try:
            return base64.b64decode(str(at(call.tree, steps_of(field)) or "")), call.tree
        except binascii.Error:
            return b"", call.tree
    return _parts(call, field)


def _parts(call: Call, field: str) -> tuple[bytes, Any]:
    environ = {
        "REQUEST_METHOD": call.method,
        "CONTENT_TYPE": call.header("Content-Type"),
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.input": BytesIO(call.body),
    }
    _, form, files = parse_form_data(environ)
    parts = {name: _read(file) for name, file in files.items()}
    data = parts.pop(field, b"")
    texts = [*form.values(), *(part.decode("utf-8", "replace") for part in parts.values())]
    return data, next((tree for text in texts if (tree := _json(text))), {})


def _read(file: FileStorage) -> bytes:
    with file.stream as stream:
        return bytes(stream.read())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _named(template: Any, told: Any) -> dict[str, str]:
    """What stands where the manifest's body has `{id}` and `{name}`."""
    if isinstance(template, str):
        return read_out(template, told)
    if not isinstance(template, Mapping | list):
        return {}
    found: dict[str, str] = {}
    pairs = template.items() if isinstance(template, Mapping) else enumerate(template)
    for place, inner in pairs:
        step = place if isinstance(place, str) else int(place)
        found |= _named(inner, at(told, (step,)))
    return found
