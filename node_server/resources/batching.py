"""One operation of the API for many items: each judged and carried out by itself."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from node_server.errors import Refusal, refusal_of
from node_server.n8n.items import content_of, document_of, done, failed
from node_server.n8n.offers import Offer
from node_server.resources import problems, reading
from node_server.resources.call import Call, Part, Reply
from node_server.resources.endpoint import Endpoint
from node_server.resources.keyed import answered_once

# Parameters that say which part of an item is meant, and are not passed on.
OF_THE_ITEM = frozenset({"binary_property", "text_field", "file_name"})
_SUFFIXES = {"application/xml": ".xml", "text/xml": ".xml", "text/plain": ".txt"}
_HEADS = ("file", "connector", "resource", "format")


def carried_out(
    call: Call, offer: Offer, found: Endpoint, number: int, item: Mapping[str, Any], key: str | None
) -> dict[str, Any]:
    """The result of one item: what it became, or what is wrong with it."""
    try:
        made = _answer(_called(call, offer, found, item), found, key)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        made = problems.problem(refusal, call.trace.trace_id)
    body = made.body if isinstance(made.body, bytes) else b"".join(made.body)
    if made.status >= 400:
        return failed(number, msgspec.json.decode(body))
    if "json" not in made.content_type:
        return done(number, [_file(made, body, offer, item)])
    return _result(number, body, offer)


def _answer(call: Call, found: Endpoint, key: str | None) -> Reply:
    return answered_once(found, call, key) if found.keyed and key else found.work(call)


def _called(call: Call, offer: Offer, found: Endpoint, item: Mapping[str, Any]) -> Call:
    """The call that this item stands for."""
    stated = _stated(item)
    in_path = [each.name for each in found.parameters if each.place == "path"]
    wanted = {each.name for each in found.parameters if each.place == "query"}
    given = {name: _path_value(name, stated, item) for name in in_path}
    asked = {name: stated.pop(name) for name in list(stated) if name in wanted}
    several = {each.name for each in found.parameters if each.many}
    texts = {name: _texts(value, split=name in several) for name, value in asked.items()}
    given |= reading.query_values(found, texts)
    rest = {name: value for name, value in stated.items() if name not in (*in_path, *OF_THE_ITEM)}
    if offer.carries == "payload":
        _none_left(rest, [*in_path, *wanted])
        content = content_of(item, stated)
        part = Part(content.data, content.mime, content.filename)
        return replace(call, given=given, body=None, parts=(part,))
    if found.body is None:
        _none_left(rest, [*in_path, *wanted])
        return replace(call, given=given, body=None)
    body = document_of(item) if offer.carries == "document" else rest
    return replace(call, given=given, body=reading.checked(found.body, body))


def _stated(item: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an item; what a form was left empty for is not stated."""
    stated = item.get("parameters") or {}
    return {name: value for name, value in stated.items() if value not in (None, "", [])}


def _path_value(name: str, stated: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    value = stated.get(name) or (item.get("json") or {}).get(name)
    if not isinstance(value, str) or not value:
        hint = "state it, or send the item that an operation before gave"
        raise Refusal(422, "parameter_invalid", f"parameter {name!r} is missing", hint=hint)
    return value


def _texts(value: Any, *, split: bool) -> list[str]:
    """A value as the texts that a query would have."""
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if split else [value]
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _none_left(rest: Mapping[str, Any], known: list[str]) -> None:
    if rest:
        names = ", ".join(sorted(known)) or "none"
        message = f"there is no parameter {next(iter(rest))[:60]!r}"
        raise Refusal(422, "parameter_invalid", message, hint=f"there are {names}")


def _file(made: Reply, body: bytes, offer: Offer, item: Mapping[str, Any]) -> dict[str, Any]:
    """An answer that is a file, as an item that holds one."""
    mime = made.content_type.partition(";")[0]
    stated = item.get("parameters") or {}
    name = stated.get("file_name") or stated.get("resource") or offer.operation
    suffix = _SUFFIXES.get(mime.lower()) or mimetypes.guess_extension(mime) or ""
    name = name if "." in name else f"{name}{suffix}"
    issues = msgspec.json.decode(made.headers.get("Counterfoil-Issue", "[]"))
    data = base64.b64encode(body).decode()
    return {
        "json": {"fileName": name, "mimeType": mime, "fileSize": len(body), "issues": issues},
        "binary": {"data": {"data": data, "mimeType": mime, "fileName": name}},
    }


def _result(number: int, body: bytes, offer: Offer) -> dict[str, Any]:
    told = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    result = done(number, [{"json": each} for each in _rows(body, told, offer.rows)])
    if offer.rows == "data" and told.get("next_cursor") and bytes(told["has_more"]) == b"true":
        result["next_cursor"] = told["next_cursor"]
    return result


def _rows(body: bytes, told: dict[str, msgspec.Raw], rows: str | None) -> list[msgspec.Raw]:
    """The rows of an answer, undecoded: what is only passed on need not be read."""
    if rows is None:
        return [msgspec.Raw(body)]
    if rows in told:
        found = msgspec.json.decode(told[rows], type=list[msgspec.Raw])
        heads = [(name, told[name]) for name in _HEADS if name in told] if rows != "data" else []
        return [_headed(heads, bytes(each)) for each in found]
    several = msgspec.json.decode(told["results"], type=list[dict[str, msgspec.Raw]])
    return [row for each in several for row in _rows(b"", each, rows)]


def _headed(heads: list[tuple[str, msgspec.Raw]], row: bytes) -> msgspec.Raw:
    said = b",".join(b'"%s":%s' % (name.encode(), bytes(value)) for name, value in heads)
    return msgspec.Raw(b"{" + said + b"," + row[1:] if said else row)
