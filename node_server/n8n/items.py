"""n8n's items: JSON with files beside it in base64; and results that keep their place."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from node_server.errors import Refusal


@dataclass(frozen=True, slots=True)
class Content:
    """The payload that an item carries."""

    data: bytes
    mime: str | None
    filename: str | None


def content_of(item: Mapping[str, Any], parameters: Mapping[str, Any]) -> Content:
    """The file of an item, else the text of a field, else its whole JSON."""
    name = parameters.get("binary_property") or "data"
    binary = (item.get("binary") or {}).get(name)
    if binary is not None:
        return _file(binary, name)
    field = parameters.get("text_field")
    stated = item.get("json") or {}
    if field:
        return Content(_text(stated, field), None, parameters.get("file_name"))
    if item.get("binary"):
        known = ", ".join(sorted(item["binary"])[:5])
        message = f"the item has no file {name!r}; set binary_property to one of {known}"
        raise Refusal(422, "body_invalid", message)
    return Content(msgspec.json.encode(stated), "application/json", parameters.get("file_name"))


def _file(binary: Any, name: str) -> Content:
    data = binary.get("data") if isinstance(binary, Mapping) else None
    if not isinstance(data, str):
        raise Refusal(422, "body_invalid", f"binary.{name}.data is not base64 text")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        hint = "send the file's bytes in base64, not n8n's reference to them"
        raise Refusal(422, "body_invalid", f"binary.{name}.data is not base64", hint=hint) from None
    return Content(content, binary.get("mimeType"), binary.get("fileName"))


def _text(stated: Mapping[str, Any], field: str) -> bytes:
    value: Any = stated
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        raise Refusal(422, "body_invalid", f"the item has no field {field[:60]!r}")
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


def document_of(item: Mapping[str, Any]) -> Any:
    """The canonical document of an item: itself, or the one in the record that `map` gave."""
    stated = item.get("json") or {}
    return stated.get("document", stated)


def done(number: int, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The result of an item: what it became, each output paired with it."""
    paired = {"pairedItem": {"item": number}}
    return {"item": number, "ok": True, "outputs": [each | paired for each in outputs]}


def failed(number: int, problem: Mapping[str, Any]) -> dict[str, Any]:
    """The result of an item that could not be done, with the sentence where n8n looks for it."""
    return {"item": number, "ok": False, "problem": problem}
