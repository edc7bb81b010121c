"""A credential as stores keep it, and as users of the vault see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from credentials.errors import InvalidCredential
from credentials.kinds import is_secret
from credentials.secret import Secret

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|[.:](?=[A-Za-z0-9_-])){0,119}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a store holds under a name; `version` is 0 before it is stored, each write adds 1."""

    name: str
    kind: str
    parts: Mapping[str, str] = field(repr=False)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Credential:
    """An opened credential: public parts as text, the others as `Secret`."""

    name: str
    kind: str
    version: int
    public: Mapping[str, str]
    secret: Mapping[str, Secret]

    def reveal(self) -> dict[str, str]:
        """All parts as text, for making a ready auth object."""
        return {**self.public, **{part: each.reveal() for part, each in self.secret.items()}}


@dataclass(frozen=True, slots=True)
class Summary:
    """What may be shown of a credential."""

    name: str
    kind: str
    version: int
    public: Mapping[str, str]
    secret: tuple[str, ...]
    """Names of the parts that are not shown."""


def check_name(name: str) -> str:
    """A name that is safe in paths, variables and messages."""
    if not _NAME.fullmatch(name):
        raise InvalidCredential(
            [f"name {name[:40]!r}; use up to 120 letters, digits, _ and -, with . or : between"]
        )
    return name


def to_credential(entry: Entry) -> Credential:
    """The entry with its secrets hidden."""
    secret = {p: Secret(v) for p, v in entry.parts.items() if is_secret(entry.kind, p)}
    public = {p: v for p, v in entry.parts.items() if p not in secret}
    return Credential(entry.name, entry.kind, entry.version, public, secret)


def to_summary(entry: Entry) -> Summary:
    """The entry without its secrets."""
    opened = to_credential(entry)
    hidden = tuple(sorted(opened.secret))
    return Summary(entry.name, entry.kind, entry.version, opened.public, hidden)
