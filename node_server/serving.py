"""Running the server: granian where there is one, waitress elsewhere."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from node_server.config import PREFIX, Settings
from node_server.operations.access import first_key
from node_server.operations.house import open_house

_STOP_SECONDS = 30


def run(settings: Settings, config: Path | None, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; what is in flight is finished first."""
    _welcome(settings, say)
    figures = _share(settings, config)
    try:
        _granian(settings)
    finally:
        if figures:
            shutil.rmtree(figures, ignore_errors=True)


def _welcome(settings: Settings, say: Callable[[str], None]) -> None:
    """Bring the store up to date before any process serves, and tell what there is."""
    house = open_house(settings)
    key = first_key(house)
    house.close()
    address = settings.address
    say(f"Counterfoil at {address}")
    say(f"  read and try the API   {address}/docs")
    say(f"  what n8n can call      {address}/v1/nodes (and docs/n8n.md)")
    if key:
        say("")
        say(f"  admin key (shown this once): {key}")
        say("  try: curl -H 'X-Api-Key: …' --data-binary @invoice.xml " + f"{address}/v1/map")
    say("")


def _share(settings: Settings, config: Path | None) -> str | None:
    """Hand the effective settings to the processes, which read them from the environment."""
    for name in Settings.__slots__:
        value = getattr(settings, name)
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        os.environ[PREFIX + name.upper()] = text
    if config:
        os.environ[PREFIX + "CONFIG"] = str(config)
    if settings.workers == 1:
        return None
    folder = tempfile.mkdtemp(prefix="counterfoil-figures-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    return folder


def _granian(settings: Settings) -> None:
    try:
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server
    except ImportError:
        _waitress(settings)
        return
    server: Any = Server(
        "node_server.serving_process:make",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=settings.threads,
        backlog=2048,
        workers_kill_timeout=_STOP_SECONDS,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    server.serve()


def _waitress(settings: Settings) -> None:
    from waitress import serve as waitress_serve

    from node_server.serving_process import make

    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    waitress_serve(make(), host=settings.host, port=settings.port, threads=settings.threads)
