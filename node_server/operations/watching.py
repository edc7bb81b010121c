"""Looking again whenever files change: for those who write a map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import TypeAlias

import connectors

_PAUSE = 0.4
Stamps: TypeAlias = dict[Path, tuple[int, int]]
Watched: TypeAlias = tuple[Path, str]
"""A file, or a folder and which of its files."""


def rounds(
    paths: Sequence[str],
    overlay: connectors.Overlay = None,
    pause: Callable[[float], None] = sleep,
) -> Iterator[None]:
    """Once at first, then each time that a payload, a map or an overlay has changed.

    The connectors are read anew for each round.
    """
    overlays = (overlay,) if isinstance(overlay, str) else overlay or ()
    watched = [(Path(name), "*") for name in paths]
    watched += [(folder, "*.yaml") for folder in (*map(Path, overlays), *connectors.folders())]
    before: Stamps | None = None
    while True:
        now = _stamps(watched)
        if now != before:
            before = now
            connectors.forget()
            yield
        pause(_PAUSE)


def _stamps(watched: Sequence[Watched]) -> Stamps:
    """When each file was last written, and its size."""
    found: Stamps = {}
    for path, pattern in watched:
        for file in path.rglob(pattern) if path.is_dir() else (path,):
            try:
                state = file.stat()
            except OSError:
                continue  # an editor is just replacing it
            found[file] = state.st_mtime_ns, state.st_size
    return found
