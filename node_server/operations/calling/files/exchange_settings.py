"""What a connection says of its files: one schema for the doors and the store."""

from __future__ import annotations

from typing import Any

# A folder below the place of exchange, or on the server; no step leads up.
_FOLDER = {
    "type": "string",
    "maxLength": 500,
    "pattern": r"^(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\\]*$",
}
_NAME = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^\x00-\x1f\\]+$"}
_KEY = {
    "type": "string",
    "maxLength": 5000,
    "pattern": "^(SHA256:[A-Za-z0-9+/=]+|(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+.*)$",
}


def _says(description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**schema, "description": description, **more}


def _part(description: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
    }


_PULL = _part(
    "What is taken in",
    folder=_says("Where files arrive; the place itself unless stated", _FOLDER),
    patterns=_says(
        "Which names, such as `*.xml`; all unless stated",
        {"type": "array", "items": _NAME, "maxItems": 50},
    ),
    connector=_says(
        "The connector that reads them; found by itself unless stated",
        {"type": "string", "maxLength": 100},
    ),
    resource=_says(
        "Its kind of record, where it has several", {"type": "string", "maxLength": 100}
    ),
    archive=_says("Folder where files go that were taken in; they stay unless stated", _FOLDER),
    errors=_says("Folder where files go that could not be read; they stay unless stated", _FOLDER),
    stable_seconds=_says(
        "For how long size and time must stay as they are before a file is read",
        {"type": "integer", "minimum": 0, "maximum": 600},
        default=2,
    ),
    max_bytes=_says(
        "Largest file that is read; the setting `max_body` unless stated",
        {"type": "integer", "minimum": 1, "maximum": 1 << 30},
    ),
)
_PUSH = _part(
    "What is dropped",
    folder=_says("Where files are dropped; the place itself unless stated", _FOLDER),
    name=_says(
        "Their names, with `{key}` in them, which makes them the same for the same document",
        {**_NAME, "pattern": r"^[^\x00-\x1f\\/]*\{key\}[^\x00-\x1f\\/]*$"},
        default="{resource}-{key}",
    ),
    temporary=_says(
        "Name while they are written, in the same folder or a neighbour of the file",
        {**_NAME, "pattern": r"^(?!.*\.\.)[^\x00-\x1f\\]*\{name\}[^\x00-\x1f\\]*$"},
        default=".{name}.part",
    ),
    taken=_says(
        "Folders where the other side keeps what it has taken: they are looked into as well",
        {"type": "array", "items": _FOLDER, "maxItems": 10},
    ),
    resource=_says(
        "The kind of record to write, where the connector has several",
        {"type": "string", "maxLength": 100},
    ),
)
FILES: dict[str, Any] = {
    **_part(
        "Files instead of calls: the connector's formats over SFTP or a folder",
        address=_says(
            "`sftp://host:port/path`, or `file:///path` in one of the operator's exchange_folders",
            {"type": "string", "pattern": r"^(sftp://[^\s@]+|file:///[^\x00-\x1f]*)$",
             "maxLength": 1000},
        ),
        host_key=_says(
            "The server's public keys, `ssh-ed25519 AAAA…`, or their fingerprints, `SHA256:…`",
            {"anyOf": [_KEY, {"type": "array", "items": _KEY, "minItems": 1, "maxItems": 10}]},
        ),
        trust_first_host_key=_says(
            "Take the first key that the server shows for its own, and no other from then on",
            {"type": "boolean"},
        ),
        pull=_PULL,
        push=_PUSH,
    ),
    "required": ["address"],
}  # fmt: skip
