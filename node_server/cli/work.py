"""`counterfoil work`: deliveries, postings and jobs in a process of their own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from node_server import logs
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.config import Settings
from node_server.operations.working import Worker


@click.command()
@settings_options
@click.option("--celery", is_flag=True, help="Post what the broker (broker_url) hands out.")
def work(config: Path | None, data: str | None, *, celery: bool) -> None:
    """Deliver events, post and do jobs until told to stop; what is under way is finished first.

    Every server process does this too: a process of its own is for machines that serve nobody.
    With --celery it posts only, beside as many others as there are machines.
    """
    settings = effective(config, data=data)
    logs.set_up(settings.log_level)
    if celery:
        _by_celery(settings)
        return
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    with opened(settings) as house:
        worker = Worker(house)
        worker.start()
        stop.wait()
        worker.stop()


def _by_celery(settings: Settings) -> None:
    if not settings.broker_url:
        raise click.UsageError("broker_url is not set; it names the Redis or RabbitMQ")
    try:
        from node_server.operations.posting.celery_delivery import run
    except ImportError:
        raise click.UsageError("Celery is missing; pip install 'counterfoil[celery]'") from None
    with opened(settings) as house:
        run(house)
