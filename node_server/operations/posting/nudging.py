"""Waking those who work when there is something to do; who sleeps on finds it a moment later."""

from __future__ import annotations

import threading
from collections.abc import Callable

from node_server.operations.house import House


class Bell:
    """Rung in this process, and through it at the broker where there is one."""

    def __init__(self, house: House) -> None:
        self._rung = threading.Event()
        self._tell = _broker(house)

    def ring(self) -> None:
        """There is something to do."""
        self._rung.set()
        self._tell()

    def ring_here(self) -> None:
        """The same for this process alone: a thread has become free."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Until it is rung, or until then."""
        if self._rung.wait(seconds):
            self._rung.clear()


def _broker(house: House) -> Callable[[], None]:
    if not house.settings.broker_url:
        return _nobody
    # Late: Celery is an extra, `counterfoil[celery]`.
    from node_server.operations.posting.celery_messages import sender

    return house.kept(sender)


def _nobody() -> None:
    """There is no broker."""


def nudge(house: House) -> None:
    """Wake whoever works here."""
    house.kept(Bell).ring()
