"""Celery: messages that say no more than that something is due.

The row decides. A message that is lost, late or doubled changes nothing: whoever gets one takes
what is due by lease, as the embedded worker does, and the sweeper sends another for what is left.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from node_server.logs import log
from node_server.operations.house import House
from node_server.operations.posting.celery_messages import TASK, make_celery, sender
from node_server.operations.posting.poster import Poster
from node_server.store import clock, counterfoil_queue

_AT_ONCE: Final = 25
"""Counterfoils that one message may lead to, so that no message is worked on for long."""
_SWEEP_SECONDS: Final = 1.0


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
        found = counterfoil_queue.count_due(connection, now=clock.stamp(), most=most)
    house.kept(sender)(found)
    stop.wait(_SWEEP_SECONDS)
