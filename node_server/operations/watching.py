"""Looking again whenever files change: for those who write a map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import TypeAlias

import connectors

_PAUSE = 0.4
_ENDINGS = frozenset({".yaml", ".json", ".xml"})
Stamps: TypeAlias = dict[Path, tuple[int, int]]


def rounds(
    paths: Sequence[str],
    overlay: connectors.Overlay = None,
    pause: Callable[[float], None] = sleep,
) -> Iterator[None]:
    """Once at first, then each time that a payload, a map or an overlay has changed.

    The connectors are read anew for each round.
    """
    folders = [*paths, *((overlay,) if isinstance(overlay, str) else overlay or ())]
    watched = [Path(name) for name in folders] + list(connectors.folders())
    before: Stamps | None = None
    while True:
        now = _stamps(watched)
        if now != before:
            before = now
            connectors.forget()
            yield
        pause(_PAUSE)


def _stamps(paths: Sequence[Path]) -> Stamps:
    """When each file was last written, and its size."""
    found: Stamps = {}
    for path in paths:
        for file in _files(path):
            try:
                state = file.stat()
            except OSError:
                continue  # an editor is just replacing it
            found[file] = state.st_mtime_ns, state.st_size
    return found


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (each for each in path.rglob("*") if each.suffix in _ENDINGS)
    else:
        yield path
