"""A connection's exchange of files, as its settings say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from connectors._transport.places import joined
from node_server.operations.calling.errors import NotReady

FILES: Final = "files"
"""The name under which files are pulled, and of the part of a connection's settings."""

_UNFINISHED = (".part", ".tmp", ".temp", ".filepart", ".writing", ".crdownload", ".partial")
_NAME = "{resource}-{key}"
_TEMPORARY = ".{name}.part"
_STABLE = 2
_SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where files are exchanged, and how."""

    scheme: str
    host: str
    port: int
    root: str
    host_keys: tuple[str, ...]
    trusting: bool
    pull: Mapping[str, Any]
    push: Mapping[str, Any]

    @property
    def inbox(self) -> str:
        """The folder that is pulled."""
        return str(self.pull.get("folder", "")).strip("/")

    @property
    def outbox(self) -> str:
        """The folder that files are dropped into."""
        return str(self.push.get("folder", "")).strip("/")

    @property
    def taken(self) -> tuple[str, ...]:
        """Folders where the other side keeps what it took from the outbox."""
        return tuple(each.strip("/") for each in self.push.get("taken", ()))

    @property
    def stable(self) -> int:
        """Seconds for which a file must stay as it is."""
        return int(self.pull.get("stable_seconds", _STABLE))

    def wants(self, name: str) -> bool:
        """Whether a file is to be pulled: it matches, and is not one that is being written."""
        if name.startswith(".") or name.lower().endswith(_UNFINISHED):
            return False
        return any(fnmatchcase(name, each) for each in self.pull.get("patterns", ("*",)))

    def template(self, resource: str, suffix: str) -> str:
        """The name of a file that is dropped, with its key left open."""
        stated = str(self.push.get("name", _NAME + suffix))
        return stated.replace("{resource}", resource)

    def temporary(self, path: str) -> str:
        """Where a file is while it is written."""
        folder, _, name = path.rpartition("/")
        stated = str(self.push.get("temporary", _TEMPORARY))
        return joined(folder, stated.replace("{name}", name).lstrip("/"))

    @property
    def url(self) -> str:
        """The address that the paths of files are below, without anything secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port in (0, _SSH_PORT) else f":{self.port}"
        root = self.root if self.root.startswith("/") else f"/~/{self.root}"
        return f"{self.scheme}://{host}{port}{quote(root)}".rstrip("/")


def read_exchange(stated: Mapping[str, Any]) -> Exchange:
    """The exchange of a connection; a refusal where its address is none."""
    parts = urlsplit(stated["address"])
    try:
        port = parts.port or (_SSH_PORT if parts.scheme == "sftp" else 0)
    except ValueError:
        raise NotReady("the port of settings.files.address is none; use 1 to 65535") from None
    if (
        parts.query
        or parts.fragment
        or parts.username
        or (parts.scheme == "sftp") != bool(parts.hostname)
    ):
        raise NotReady("settings.files.address is not one of a place for files",
                       "write sftp://host:port/path or file:///path")  # fmt: skip
    keys = stated.get("host_key", ())
    return Exchange(
        scheme=parts.scheme, host=(parts.hostname or "").removesuffix("."), port=port,
        root=_root(parts.scheme, unquote(parts.path)),
        host_keys=(keys,) if isinstance(keys, str) else tuple(keys),
        trusting=bool(stated.get("trust_first_host_key")),
        pull=stated.get("pull", {}), push=stated.get("push", {}),
    )  # fmt: skip


def _root(scheme: str, path: str) -> str:
    """Where it begins: `sftp://host` and `sftp://host/~/x` are below the folder of the log-in."""
    if ".." in path.split("/"):
        raise NotReady("settings.files.address leads upwards; write the folder that is meant")
    if scheme == "sftp" and (path in ("", "/~") or path.startswith("/~/")):
        return path[3:]
    return path
