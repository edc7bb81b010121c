"""An exchange of files described as if it were a system: what is posted to it, and how it is found.

So posting needs to know nothing of files: dropping one is a call, and looking for it is another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from connectors import Connector
from connectors._transport import Policy
from connectors._transport.places import check_host, joined
from connectors.errors import MapError
from node_server.operations.calling.errors import NotReady
from node_server.operations.calling.files.exchange import FILES, Exchange, read_exchange
from node_server.operations.calling.files.folders import folder_of
from node_server.operations.calling.hosts import networks
from node_server.operations.calling.target import Target

SUFFIXES: Final = {"json": ".json", "xml": ".xml", "csv": ".csv", "nacha": ".ach"}
_KEY: Final = {"in": "path", "name": "key", "max": 26}
_LOOKED_FOR: Final = {"sha256": "{sha256}", "size": "{size}"}


class FileTarget(Target):
    """A place where files are exchanged, over the connector whose formats they have."""

    @cached_property
    def exchange(self) -> Exchange:
        """Where and how, as the settings say."""
        return read_exchange(self.connection.settings[FILES])

    @cached_property
    def base_url(self) -> str:
        """The address that the paths of files are below."""
        return self.exchange.url

    @property
    def concurrency(self) -> int:
        """One file after the other."""
        return 1

    def check_addresses(self) -> None:
        """Refuse a place that may not be used."""
        if self.exchange.scheme == "file":
            folder_of(self.settings, self.connection.tenant, self.exchange.root)
            return
        check_host(self.policy(), self.exchange.host)

    def policy(self, *further: str, cookies: bool = False) -> Policy:
        """Any host with a public address, and the private ones that the operator allows."""
        wanted, operator = self.connection.settings, self.settings
        private = networks(wanted.get("allow_private", ()), operator.allow_private_targets)
        hosts = tuple(each for each in (self.exchange.host, *further) if each)
        return Policy(hosts=hosts, allow_private=private)


def described(connector: Connector, stated: Mapping[str, Any]) -> Connector:
    """The connector as one that drops its formats as files."""
    exchange = read_exchange(stated)
    made = replace(connector)
    ways = [{"kind": "none"}]
    if exchange.scheme == "sftp":
        ways = [{"kind": "sftp_key"}, {"kind": "basic"}]
    plain: dict[str, Any] = {
        name: {"title": each["title"]} for name, each in connector.manifest["resources"].items()
    }
    for name in connector.map_names("write"):
        if exchange.push.get("resource", name) == name:
            plain[name]["create"] = _dropped(connector, exchange, name)
    api = {"base_url": exchange.url, "self_hosted": True, "error": "message"}
    made.__dict__["manifest"] = {
        **connector.manifest, "api": api, "auth": ways, "resources": plain,
    }  # fmt: skip
    return made


def _dropped(connector: Connector, exchange: Exchange, resource: str) -> dict[str, Any]:
    """The call that drops a document, and the one that looks whether it was."""
    try:
        suffix = SUFFIXES.get(connector.write_map(resource).codec, ".txt")
    except MapError:
        suffix = ".txt"
    name = exchange.template(resource, suffix)
    if "{" in name.replace("{key}", ""):
        raise NotReady("settings.files.push.name has a place other than {key} and {resource}")
    folder = quote(joined("/", exchange.outbox))
    look = {
        "method": "GET", "path": joined(folder, "{name}"),
        "params": _LOOKED_FOR, "id": "path", "match": {"sha256": "{sha256}"},
    }  # fmt: skip
    return {
        "method": "PUT", "path": joined(folder, quote(name, safe="{}")), "id": "path",
        "idempotency": {"class": "unique", "key": _KEY, "lookup": look},
    }  # fmt: skip
