"""Whether a connector is whole: its rooms, its manifest and maps, its samples. All at once."""

from __future__ import annotations

from connectors._engine.connector import Connector
from connectors._engine.pack import Pack
from connectors._engine.samples import golden_problems, inputs
from connectors.errors import ConnectorError, MapError

ROOMS = frozenset({"manifest.yaml", "maps", "samples", "README.md"})


def problems_of(pack: Pack, connector: Connector) -> list[str]:
    """Everything that keeps a connector from being shipped; empty when it is whole."""
    found = _rooms(connector) + _maps(connector)
    # A map that cannot be compiled would fail every sample with the same words.
    return found or [*_unsampled(connector), *golden_problems(pack, connector)]


def _rooms(connector: Connector) -> list[str]:
    there = {path.name for path in connector.folder.iterdir() if path.name[0] != "."}
    missing = [f"{name}: missing" for name in sorted(ROOMS - there)]
    return missing + [f"{name}: a connector has no such room" for name in sorted(there - ROOMS)]


def _maps(connector: Connector) -> list[str]:
    found: list[str] = []
    try:
        declared = connector.manifest["resources"]
        mapped = {*connector.map_names("read"), *connector.map_names("write")}
        # A list that crosswalks alone read is no document: its `master` says what is read of it.
        documents = {name for name, spec in declared.items() if "master" not in spec}
        found += [f"manifest.yaml: resource {n} has no map" for n in sorted(documents - mapped)]
        found += [
            f"maps/{n}.*: not a resource of the manifest" for n in sorted(mapped - {*declared})
        ]
    except ConnectorError as error:
        found += _told(error)
    for resource in connector.map_names("read"):
        try:
            connector.read_map(resource)
        except ConnectorError as error:
            found += _told(error)
    for resource in connector.map_names("write"):
        try:
            connector.write_map(resource)
        except ConnectorError as error:
            found += _told(error)
    return found


def _told(error: ConnectorError) -> list[str]:
    return list(error.problems) if isinstance(error, MapError) else [str(error)]


def _unsampled(connector: Connector) -> list[str]:
    sampled = {path.parent.name for path in inputs(connector)}
    unsampled = set(connector.map_names("read")) - sampled
    return [f"maps/{name}.read.yaml: no sample in samples/{name}/" for name in sorted(unsampled)]
