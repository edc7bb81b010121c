"""`counterfoil work`: deliveries and jobs in a process of their own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from node_server import logs
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.working import Worker


@click.command()
@settings_options
def work(config: Path | None, data: str | None) -> None:
    """Deliver events and do jobs until told to stop; what is under way is finished first.

    Every server process does this too: a process of its own is for machines that serve nobody.
    """
    settings = effective(config, data=data)
    logs.set_up(settings.log_level)
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    with opened(settings) as house:
        worker = Worker(house)
        worker.start()
        stop.wait()
        worker.stop()
