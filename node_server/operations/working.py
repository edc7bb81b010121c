"""The worker inside the server: deliveries, postings, pulls, jobs, until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from node_server.logs import log
from node_server.operations import bulk, terms, upkeep
from node_server.operations.clearing.escalating import escalate
from node_server.operations.control_handlers import HANDLERS
from node_server.operations.controls_following import Controller
from node_server.operations.delivering import Deliverer
from node_server.operations.house import House
from node_server.operations.onboarding.onboarder import Onboarder
from node_server.operations.posting.poster import Poster
from node_server.operations.publishing import Publisher
from node_server.operations.pulling.schedule import Schedule
from node_server.operations.receiving.following import Follower

_IDLE_SECONDS = 0.25
_AFTER_FAILURE_SECONDS = 5.0
_UPKEEP_SECONDS = 3600.0
_ESCALATION_SECONDS = 30.0


class Worker:
    """A thread for each kind of work. Work is leased, so that many may run at once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._deliverer = Deliverer(house)
        self._publisher = Publisher(house)
        # With a broker, `counterfoil work --celery` posts.
        self._poster = None if house.settings.broker_url else Poster(house)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(each,), name=name, daemon=True)
            for name, each in self._turns()
        ]

    def _turns(self) -> list[tuple[str, Callable[[], bool]]]:
        turns = [("deliveries", self._deliver), ("jobs", self._do_job)]
        turns += [("upkeep", self._prune), ("pulls", Schedule(self._house).round)]
        turns.append(("events", Follower(self._house).round))
        turns.append(("controls", Controller(self._house, HANDLERS).round))
        turns.append(("escalations", self._escalate))
        turns.append(("parties", Onboarder(self._house).round))
        if self._poster is not None:
            turns += [("postings", self._poster.round), ("leases", self._poster.beat)]
        return turns + ([("stream", self._publisher.round)] if self._publisher.wanted else [])

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 30) -> None:
        """Finish what is under way and stop."""
        self._stop.set()
        if self._poster is not None:
            self._poster.close()
        for thread in self._threads:
            thread.join(seconds)
        self._deliverer.close()

    def _deliver(self) -> bool:
        return self._deliverer.round() > 0

    def _do_job(self) -> bool:
        return bulk.work_on_next(self._house)

    def _prune(self) -> bool:
        terms.complete(self._house)
        gone = upkeep.prune(self._house)
        if any(gone.values()):
            log().info("pruned", **gone)
        self._stop.wait(_UPKEEP_SECONDS)
        return True

    def _escalate(self) -> bool:
        if not escalate(self._house):
            self._stop.wait(_ESCALATION_SECONDS)
        return True

    def _run(self, turn: Callable[[], bool]) -> None:
        while not self._stop.is_set():
            try:
                busy = turn()
            except Exception as error:  # noqa: BLE001  (a worker that dies helps nobody)
                log().error("worker_failed", why=f"{type(error).__name__}: {error}")
                self._stop.wait(_AFTER_FAILURE_SECONDS)
                continue
            if not busy:
                self._stop.wait(_IDLE_SECONDS)
