"""Working on counterfoils until one of them has its outcome: for a process that serves nobody."""

from __future__ import annotations

import threading
import time

from node_server.operations.house import House
from node_server.operations.posting.planning import is_open
from node_server.operations.posting.poster import Poster
from node_server.operations.posting.waiting import awaited
from node_server.store.counterfoils import Row


def driven(house: House, row: Row, seconds: float) -> Row:
    """The row when it has its outcome, or as it is after so many seconds."""
    if not is_open(row):
        return row
    if house.settings.broker_url:
        return awaited(house, row["tenant"], row["key"], seconds)
    poster = Poster(house, threads=1)
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(poster, done), daemon=True)
    beating.start()

    def meanwhile(pause: float) -> None:
        if not poster.once():
            time.sleep(pause)

    try:
        return awaited(house, row["tenant"], row["key"], seconds, meanwhile)
    finally:
        done.set()
        poster.close()


def _beat(poster: Poster, done: threading.Event) -> None:
    while not done.is_set():
        poster.beat()
