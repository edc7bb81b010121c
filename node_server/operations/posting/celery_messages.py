"""Messages for Celery that say no more than that something is due; and who sends them."""

from __future__ import annotations

from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError

from node_server.config import Settings
from node_server.logs import log
from node_server.operations.house import House

TASK: Final = "counterfoil.work"
_QUEUE: Final = "counterfoil"
_EXPIRES: Final = 30
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


def sender(house: House) -> Sender:
    """The sender of this house; get it by `house.kept(sender)`."""
    return Sender(house.settings)
