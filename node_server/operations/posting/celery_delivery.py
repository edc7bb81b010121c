"""Celery: messages that say no more than that something is due.

The row decides. A message that is lost, late or doubled changes nothing: whoever gets one takes
what is due by lease, as the embedded worker does, and the sweeper sends another for what is left.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError

from node_server.config import Settings
from node_server.logs import log
from node_server.operations.house import House
from node_server.operations.posting.poster import Poster
from node_server.store import clock, counterfoils

TASK: Final = "counterfoil.work"
_QUEUE: Final = "counterfoil"
_AT_ONCE: Final = 25
"""Counterfoils that one message may lead to, so that no message is worked on for long."""
_EXPIRES: Final = 30
_SWEEP_SECONDS: Final = 1.0
_VISIBILITY: Final = 120


def make_celery(settings: Settings) -> Celery:
    """The application on the broker that is set."""
    app = Celery(_QUEUE, broker=settings.broker_url)
    app.conf.update(
        task_default_queue=_QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_options(settings.broker_url),
        task_publish_retry=False,
    )
    return app


def _options(url: str) -> dict[str, Any]:
    if not url.startswith("redis"):
        return {}
    return {"visibility_timeout": _VISIBILITY, "socket_timeout": 5, "socket_connect_timeout": 2}


class Sender:
    """Tells the workers that something is due; a broker that is away is no failure."""

    def __init__(self, settings: Settings) -> None:
        self._app = make_celery(settings)

    def __call__(self, messages: int = 1) -> None:
        try:
            for _ in range(messages):
                self._app.send_task(TASK, expires=_EXPIRES)
        except (OperationalError, OSError) as error:
            # The sweeper sends it again: what was planned is in the store.
            log().warning("broker_away", why=type(error).__name__)


def run(house: House) -> None:
    """Work on what messages lead to, until told to stop."""
    poster, stop = Poster(house), threading.Event()
    app = make_celery(house.settings)

    def work() -> None:
        for _ in range(_AT_ONCE):
            if not poster.once():
                return

    app.task(name=TASK)(work)
    others = [
        threading.Thread(target=_until, args=(stop, each), daemon=True)
        for each in (poster.beat, lambda: _sweep(house, stop))
    ]
    for each in others:
        each.start()
    options = ["--pool=threads", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    try:
        app.worker_main(["worker", f"--concurrency={house.settings.posting_threads}", *options])
    finally:
        stop.set()
        poster.close()


def _until(stop: threading.Event, turn: Any) -> None:
    while not stop.is_set():
        try:
            turn()
        except Exception as error:  # noqa: BLE001  (without it nothing would be swept any more)
            log().error("worker_failed", why=f"{type(error).__name__}: {error}")
            stop.wait(1)


def _sweep(house: House, stop: threading.Event) -> None:
    """Send a message for what is due, whatever has become of those before."""
    with house.store.reading() as connection:
        most = house.settings.posting_threads
        found = counterfoils.count_due(connection, now=clock.stamp(), most=most)
    house.kept(sender)(found)
    stop.wait(_SWEEP_SECONDS)


def sender(house: House) -> Sender:
    """The sender of this house; get it by `house.kept(sender)`."""
    return Sender(house.settings)
