"""Starting simulators in this process: a server, its systems, and a handle for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict, Unpack

from connectors._engine.api import pack
from connectors.errors import ConnectorError
from node_server.simulators.connecting import credential_of, settings_of
from node_server.simulators.described import Target
from node_server.simulators.facts import unverified
from node_server.simulators.faults import Faults, Wish
from node_server.simulators.journal import Journal
from node_server.simulators.lines import LineServer
from node_server.simulators.serving import served
from node_server.simulators.system import Noted, Options, System

_EVERYWHERE = ("0.0.0.0", "")  # noqa: S104 - only compared


class Simulator:
    """A simulated system that is being served."""

    def __init__(self, system: System, url: str, kind: str = "") -> None:
        self.system, self.url = system, url
        self._kind = kind

    @property
    def name(self) -> str:
        """The connector: `erp/xero`."""
        return self.system.target.name

    @property
    def settings(self) -> dict[str, Any]:
        """The `settings` of a connection to it."""
        return settings_of(self.system, self.url)

    @property
    def credential(self) -> dict[str, Any]:
        """A credential that it takes: `{"kind": …, "parts": {…}}`."""
        return self.credential_of(self._kind)

    def credential_of(self, kind: str) -> dict[str, Any]:
        """One of another kind, where there are several ways in; empty for the usual one."""
        return credential_of(self.system, kind)

    @property
    def calls(self) -> list[Noted]:
        """The calls that came, the oldest first."""
        return list(self.system.calls)

    @property
    def unverified(self) -> list[dict[str, str]]:
        """What it rests on that could not be checked."""
        return unverified(self.system.target)

    def objects(self, resource: str) -> list[dict[str, Any]]:
        """The records of a resource, oldest first."""
        shelf = self.system.target.shelf(resource)
        return [row.record for row in self.system.rows.all(shelf)]

    def put(self, resource: str, *records: Mapping[str, Any]) -> list[str]:
        """Records as if people had typed them in; their ids."""
        return self.system.type_in(resource, [_exact(record) for record in records])

    def change(self, resource: str, row_id: str, **fields: Any) -> None:
        """Fields of a record laid over as if a person had changed it."""
        self.system.type_over(resource, row_id, _exact(fields))

    def fail(
        self,
        *,
        next: Sequence[Wish] = (),
        rates: Mapping[str, float] | None = None,
        seed: int | None = None,
    ) -> None:
        """Let each of `next` happen once to the next call that it suits, and the rest by rate."""
        if rates is not None:
            self.system.faults.set_rates(rates, seed)
        self.system.faults.fail(next)

    def shift(self, seconds: float) -> None:
        """Let time pass there: windows and tokens run out."""
        self.system.shift(seconds)

    def reset(self) -> None:
        """As it was at the start."""
        self.system.reset()


def load(connector: str, overlay: str | tuple[str, ...] | None = None) -> Target:
    """What a connector's manifest describes; `ValueError` where it reaches no API."""
    try:
        manifest = pack(overlay)[connector].manifest
    except ConnectorError as error:
        raise ValueError(str(error)) from error
    if "api" not in manifest:
        raise ValueError(f"{connector} is a format without an API; nothing there to simulate")
    return Target(connector, manifest)


def what_there_is(overlay: str | tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Every system there is: what it creates, lists and sends, and how sure that is."""
    found = []
    for name in sorted(pack(overlay).connectors):
        manifest = pack(overlay)[name].manifest
        resources = manifest["resources"]
        if "api" not in manifest or not any("list" in each for each in resources.values()):
            continue
        signature = manifest.get("webhooks", {}).get("signature", {})
        found.append(
            {
                "system": name,
                "creates": [each for each, spec in resources.items() if "create" in spec],
                "lists": sum("list" in spec for spec in resources.values()),
                "webhooks": signature.get("scheme", "none"),
                "unverified": len(unverified(load(name, overlay))),
            }
        )
    return found


class Serving(TypedDict, total=False):
    """How simulators are served; each may be left out."""

    host: str
    port: int
    """0, the usual one, takes a free port."""
    seed: int
    faults: Mapping[str, float]
    """Rates."""
    limits: bool
    """Whether the limits of the manifest are kept."""
    page_size: int
    delay: float
    data: Path
    """A file that keeps everything."""
    overlay: str | tuple[str, ...]
    variables: Mapping[str, str]
    """Of the connection, instead of the manifest's examples: {realm: "99"}."""


@contextmanager
def start_several(
    connectors: Sequence[str], **options: Unpack[Serving]
) -> Iterator[list[Simulator]]:
    """Serve several systems at one address until the block ends."""
    host = options.get("host", "127.0.0.1")
    journal = Journal(options.get("data"))
    systems = {name: _system(name, journal, options) for name in connectors}
    server = LineServer(host, options.get("port", 0), served(systems))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    named = "127.0.0.1" if host in _EVERYWHERE else host
    url = f"http://{named}:{server.server_port}"
    try:
        yield [Simulator(system, f"{url}/{name}") for name, system in systems.items()]
    finally:
        server.stop()
        for system in systems.values():
            system.webhooks.stop()
        journal.close()


@contextmanager
def start(connector: str, *, auth: str = "", **options: Unpack[Serving]) -> Iterator[Simulator]:
    """Serve one system until the block ends; `auth` names the kind of credential it hands out."""
    with start_several([connector], **options) as simulators:
        simulator = simulators[0]
        yield Simulator(simulator.system, simulator.url, auth)


def _system(name: str, journal: Journal, options: Serving) -> System:
    seed = options.get("seed", 0)
    strictness = Options(
        options.get("limits", False),
        options.get("page_size", Options.page_size),
        options.get("delay", 0.0),
    )
    faults = Faults(seed, options.get("faults"))
    target = replace(load(name, options.get("overlay")), own_variables=options.get("variables", {}))
    return System(target, seed=seed, faults=faults, journal=journal, options=strictness)


def _exact(tree: Any) -> Any:
    """A float is the number that it is written as, as it would be in JSON."""
    if isinstance(tree, Mapping):
        return {name: _exact(each) for name, each in tree.items()}
    if isinstance(tree, list | tuple):
        return [_exact(each) for each in tree]
    return Decimal(repr(tree)) if isinstance(tree, float) else tree
