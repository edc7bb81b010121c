"""Reading a request: parameters, body, payloads. What is wrong with it is told all at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import jsonschema
import msgspec
from flask import Request

from node_server.errors import Refusal
from node_server.resources.call import Part
from node_server.resources.endpoint import ANY, JSON, Body, Endpoint, Parameter

MULTIPART = "multipart/form-data"
_MOST_PARTS = 1000
_MOST_FAULTS = 50
_FORM = "application/x-www-form-urlencoded"
_ANY_TEXT = {"type": "string"}


def parameters(found: Endpoint, request: Request) -> dict[str, Any]:
    """Path and query by name, of their types; a refusal that names every wrong one."""
    return query_values(found, request.args.to_dict(flat=False)) | (request.view_args or {})


def query_values(found: Endpoint, asked: Mapping[str, list[str]]) -> dict[str, Any]:
    """The query by name, from the texts stated for each; absent ones at their default."""
    known = {each.name: each for each in found.parameters if each.place != "header"}
    further = [name for name in asked if name not in known]
    faults = [] if found.loose else [_unknown(name, list(known)) for name in further]
    given: dict[str, Any] = {name: asked[name][0] for name in further}
    for name, each in known.items():
        if each.place == "path":
            continue
        stated = asked.get(name)
        if not stated:
            if "default" in each.schema:
                given[name] = each.schema["default"]
            continue
        values = [_typed(each, text, faults) for text in stated]
        if len(values) > 1 and not each.many:
            faults.append(_fault(name, "stated twice", "state it once"))
        given[name] = values if each.many else values[0]
    if faults:
        message = f"{faults[0]['path']}: {faults[0]['message']}"
        raise Refusal(400, "parameter_invalid", message, errors=faults)
    return given


def _unknown(name: str, known: list[str]) -> dict[str, str]:
    near = get_close_matches(name, known, n=3) or sorted(known)
    hint = f"use {', '.join(near)}" if near else "this route takes no parameters"
    return _fault(name[:60], "no such parameter", hint)


def _fault(path: str, message: str, hint: str) -> dict[str, str]:
    return {"path": path, "code": "parameter_invalid", "message": message, "hint": hint}


def _typed(each: Parameter, text: str, faults: list[dict[str, str]]) -> Any:
    value: Any = text
    if each.schema["type"] == "integer" and text.lstrip("-").isascii():
        value = int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else text
    if each.schema["type"] == "boolean":
        value = {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)
    if each.schema != _ANY_TEXT:
        for error in _validator(each).iter_errors(value):
            faults.append(_fault(each.name, error.message[:200], each.says))
    if isinstance(value, str) and "\x00" in value:
        faults.append(_fault(each.name, "holds a NUL", each.says))
    return value


@lru_cache(maxsize=512)
def _by_id(_key: int, schema: bytes) -> Any:
    return jsonschema.Draft202012Validator(msgspec.json.decode(schema))


def _validator(each: Parameter | Body) -> Any:
    return _by_id(id(each), msgspec.json.encode(each.schema))


def raw_body(request: Request, largest: int) -> bytes:
    """The bytes of the body, unpacked if they are packed; capped on both sides."""
    data = request.get_data(cache=False)
    packing = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        return data
    if packing not in ("gzip", "x-gzip", "deflate"):
        hint = "send it as gzip or as it is"
        raise Refusal(
            415, "unsupported_media_type", f"Content-Encoding {packing[:40]!r}", hint=hint
        )
    return _unpacked(data, largest)


def _unpacked(data: bytes, largest: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=47)  # gzip or zlib, told apart by their headers
    try:
        plain = unpacker.decompress(data, largest + 1)
    except zlib.error as error:
        hint = "leave Content-Encoding out if the body is not packed"
        raise Refusal(400, "body_unreadable", f"the body is not gzip: {error}", hint=hint) from None
    if len(plain) > largest:
        raise too_large(largest)
    if not unpacker.eof:
        raise Refusal(400, "body_unreadable", "the packed body breaks off; send it whole")
    return plain


def too_large(largest: int) -> Refusal:
    """The refusal of a body over the limit."""
    hint = "send less at once, or raise COUNTERFOIL_MAX_BODY"
    return Refusal(413, "body_too_large", f"the body is over {largest} bytes", hint=hint)


def json_body(body: Body, data: bytes, mime: str) -> Any:
    """The JSON body, valid under its schema; None where it may be absent and is."""
    if not data and not body.required:
        return None
    if mime not in body.types:
        raise _wrong_type(mime, body.types)
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "body_invalid", f"the body is not JSON: {str(error)[:150]}") from None
    return checked(body, value)


def checked(body: Body, value: Any) -> Any:
    """A body that is valid under its schema; a refusal that names every wrong place."""
    if body.schema is not None:
        faults = list(_faults(body, value))
        if faults:
            message = f"{faults[0]['path'] or 'body'}: {faults[0]['message']}"
            raise Refusal(422, "body_invalid", message, errors=faults)
    return value


def _faults(body: Body, value: Any) -> Iterator[dict[str, str]]:
    found = sorted(_validator(body).iter_errors(value), key=lambda e: list(map(str, e.path)))
    for error in found[:_MOST_FAULTS]:
        path = ".".join(map(str, error.path))
        message = f"does not fit ({error.validator})" if body.secret else error.message[:200]
        yield {"path": path, "code": "body_invalid", "message": message}


def _wrong_type(mime: str, types: tuple[str, ...]) -> Refusal:
    message = f"Content-Type {mime[:60]!r} is not taken here" if mime else "Content-Type is missing"
    return Refusal(415, "unsupported_media_type", message, hint=f"use {', '.join(types)}")


def payloads(request: Request, data: bytes) -> tuple[tuple[Part, ...], bool]:
    """The payloads of a request: the body itself, or the files of a multipart."""
    mime = request.mimetype
    if mime == MULTIPART:
        return _files(request), True
    if mime == _FORM:
        mime = ""  # what curl says of any body that it is given
    if not data:
        raise Refusal(400, "body_invalid", "the body is empty; send the payload as the body")
    name = request.headers.get("X-Filename") or request.args.get("filename")
    return (Part(data, mime or None, name),), False


def _files(request: Request) -> tuple[Part, ...]:
    files = list(request.files.items(multi=True))
    if not files:
        hint = "curl -F file=@invoice.xml"
        raise Refusal(400, "body_invalid", "the multipart body holds no file", hint=hint)
    if len(files) > _MOST_PARTS:
        raise Refusal(413, "body_too_large", f"more than {_MOST_PARTS} files; send a zip instead")
    return tuple(Part(each.read(), each.mimetype or None, each.filename) for _, each in files)


def is_payload(body: Body) -> bool:
    """Whether the body is a payload of any type."""
    return ANY in body.types


__all__ = [
    "JSON",
    "MULTIPART",
    "checked",
    "is_payload",
    "json_body",
    "parameters",
    "payloads",
    "query_values",
    "raw_body",
    "too_large",
]
