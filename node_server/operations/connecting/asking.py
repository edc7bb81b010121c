"""What a person must be asked for a connection: the manifest and the kinds say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import connectors
from credentials import kind_schema
from node_server.errors import Refusal
from node_server.operations.calling.files.described import described
from node_server.operations.calling.filling import names_in
from node_server.operations.house import House

# Kept by the product: nobody is asked for them.
_KEPT = frozenset(
    (
        *("access_token", "expires_at", "refresh_token", "previous_refresh_token"),
        *("previous_until", "session_token", "session_until", "scope", "token_type"),
    )
)
_FILES = frozenset(("private_key", "certificate", "host_key"))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be said."""

    name: str
    title: str
    secret: bool = False
    needed: bool = True
    default: str = ""
    pattern: str = ""
    help: str = ""
    is_file: bool = False
    """Whether the answer is the path of a file that holds it."""

    def fits(self, answer: str) -> bool:
        """Whether an answer can be right."""
        if not answer:
            return not self.needed
        return not self.pattern or re.fullmatch(self.pattern, answer) is not None


def connector_of(
    house: House, tenant: str, system: str, files: str | None = None
) -> connectors.Connector:
    """The connector of a name, or the one whose last part it is.

    Systems can be connected, and formats by the address of a place where their `files` lie.
    """
    pack = connectors.pack(house.overlay_of(tenant))
    named = [each for name, each in pack.connectors.items() if name.rpartition("/")[2] == system]
    found = named[0] if len(named) == 1 else pack[system]
    if files:
        return described(found, {"address": files})
    if "api" not in found.manifest:
        message = f"{found.name} is a format, not a system; say where its --files lie"
        raise Refusal(422, "unknown_name", message)
    return found


def ways_in(connector: connectors.Connector) -> list[str]:
    """The kinds of credentials that it takes, the usual one first."""
    return [each["kind"] for each in connector.manifest.get("auth", [])]


def variables(connector: connectors.Connector, kind: str | None) -> list[Question]:
    """The variables that the consent does not tell by itself."""
    entry = _entry(connector, kind)
    told = {*entry.get("discover", {}).get("variables", ())}
    for name in entry.get("callback_params", ()):
        told |= {name, name.removesuffix("Id"), name.removesuffix("_id")}
    stated = connector.manifest["api"].get("variables", {})
    return [_variable(name, each) for name, each in stated.items() if name not in told]


def _variable(name: str, stated: Mapping[str, str]) -> Question:
    example = f"such as {stated['example']}" if "example" in stated else ""
    about = "; ".join(each for each in (stated.get("help", ""), example) if each)
    default, pattern = stated.get("default", ""), stated.get("pattern", "")
    return Question(name, stated["title"], default=default, pattern=pattern, help=about)


def parts(connector: connectors.Connector, kind: str) -> list[Question]:
    """The parts of the credential: those of its kind, and those that this system names besides."""
    schema = kind_schema(kind)
    needed, known = schema.get("required", []), schema["properties"]
    further = [name for name in _named(_entry(connector, kind)) if name not in known]
    asked = [name for name in known if name not in _KEPT]
    if _goes_elsewhere(_entry(connector, kind)):
        asked, needed = [n for n in asked if n in _named(_entry(connector, kind))], []
    return [
        _part(name, known.get(name, {"writeOnly": True}), needed=name in needed or name in further)
        for name in (*asked, *further)
    ]


def _part(name: str, stated: Mapping[str, Any], *, needed: bool) -> Question:
    words = stated.get("description", "").rstrip(".")
    return Question(
        name, name.replace("_", " "), secret=bool(stated.get("writeOnly")), needed=needed,
        help=words, is_file=name in _FILES,
    )  # fmt: skip


def _goes_elsewhere(entry: Mapping[str, Any]) -> bool:
    """An api_key whose parts the manifest puts into body or headers by names of its own."""
    return entry.get("kind") == "api_key" and bool(entry.get("body") or entry.get("headers"))


def _named(entry: Mapping[str, Any]) -> list[str]:
    """The parts that an entry names."""
    texts = [str(text) for place in _places(entry) for text in place.values()]
    return list(dict.fromkeys(name for text in texts for name in names_in(text)))


def _places(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield entry.get("headers", {})
    yield entry.get("body", {})
    yield entry.get("session", {}).get("body", {})
    yield entry.get("token_params", {})


def _entry(connector: connectors.Connector, kind: str | None) -> Mapping[str, Any]:
    entries: list[dict[str, Any]] = connector.manifest.get("auth", [])
    return next((each for each in entries if each["kind"] == kind), {})
