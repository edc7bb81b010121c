"""The connectors there are: found, overlaid, asked for by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from connectors._engine.connector import Connector
from connectors._engine.recognition import Recognition
from connectors.errors import MapError, UnknownConnector

BUILT_IN = Path(__file__).parent.parent


class Pack:
    """All connectors of some roots, with overlays."""

    def __init__(
        self, roots: tuple[Path, ...] = (BUILT_IN,), overlays: tuple[Path, ...] = ()
    ) -> None:
        self.connectors: dict[str, Connector] = {}
        for root in (*roots, *overlays):
            for manifest in sorted(root.glob("[!_]*/*/manifest.yaml")):
                folder = manifest.parent
                name = f"{folder.parent.name}/{folder.name}"
                self.connectors.setdefault(
                    name, Connector(name, folder, overlays, learnt=root == BUILT_IN)
                )
        _check_overlays(overlays, self.connectors)

    def __getitem__(self, name: str) -> Connector:
        if name in self.connectors:
            return self.connectors[name]
        short = [each for each in self.connectors if each.partition("/")[2] == name]
        if len(short) == 1:
            return self.connectors[short[0]]
        known = sorted(self.connectors)
        near = difflib.get_close_matches(name, known, n=3) or known
        raise UnknownConnector(f"no connector {name[:40]!r}; there are {', '.join(near) or 'none'}")

    @cached_property
    def recognition(self) -> Recognition:
        """What all read maps recognise."""
        return Recognition(r for each in self.connectors.values() for r in each.recognisers)


def _check_overlays(overlays: tuple[Path, ...], known: Mapping[str, Connector]) -> None:
    """A misspelt folder or file of an overlay would do nothing, and nobody would notice."""
    problems = [f"{o}: no such folder; an overlay is one" for o in overlays if not o.is_dir()]
    for overlay in overlays:
        for path in sorted(overlay.glob("*/*/*")):
            name = path.parent.relative_to(overlay).as_posix()
            if name not in known:
                near = difflib.get_close_matches(name, known, n=3) or sorted(known)[:12]
                problems.append(f"{path.parent}: no connector {name}; there are {', '.join(near)}")
        for path in sorted(overlay.glob("*/*/maps/*")):
            if not path.name.endswith((".read.yaml", ".write.yaml")):
                problems.append(f"{path}: no map; name it <resource>.read.yaml or .write.yaml")
    if problems:
        raise MapError(list(dict.fromkeys(problems)))
