"""Controls that follow the events: each document once, and none is paid that nobody looked at."""

from __future__ import annotations

import pytest

from node_server.operations import controls_following, upkeep
from node_server.operations.controls_following import READER, Controller, Handler, Happened
from node_server.operations.house import House
from node_server.store import clock, event_readers

from ..conftest import Served
from .conftest import open_ones, taken_in

NAMES = frozenset({"received", "validated"})


class Watcher:
    """Remembers what it was told."""

    def __init__(self, failures: int = 0) -> None:
        self.seen: list[tuple[str, str]] = []
        self.failures = failures

    def __call__(self, house: House, tenant: str, record_id: str, event: Happened) -> None:
        self.seen.append((record_id, event.name))
        if self.failures > 0:
            self.failures -= 1
            raise ValueError("broken")


def rounds(controller: Controller) -> None:
    while controller.round():
        pass


def test_a_control_sees_each_document_once_for_what_came_together(served: Served) -> None:
    watcher = Watcher()
    first, second = taken_in(served), taken_in(served)
    rounds(Controller(served.house, [Handler("match", NAMES, watcher)]))
    assert watcher.seen == [(first, "validated"), (second, "validated")]


def test_another_controller_goes_on_where_the_first_one_was(served: Served) -> None:
    watcher = Watcher()
    handlers = [Handler("match", NAMES, watcher)]
    taken_in(served)
    rounds(Controller(served.house, handlers))
    found = taken_in(served)
    rounds(Controller(served.house, handlers))
    assert [record_id for record_id, _ in watcher.seen][1:] == [found]


def test_a_control_that_the_tenant_has_switched_off_does_not_run(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = controls_following.AutomationSettings(match=False)
    monkeypatch.setattr(controls_following, "in_force", lambda *_: settings)
    watcher = Watcher()
    taken_in(served)
    rounds(Controller(served.house, [Handler("match", NAMES, watcher)]))
    assert watcher.seen == []


def test_a_failing_control_is_tried_again_and_nothing_is_lost(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls_following, "_WAITS", (0, 0, 0))
    watcher = Watcher(failures=2)
    first, second = taken_in(served), taken_in(served)
    controller = Controller(served.house, [Handler("match", NAMES, watcher)])
    rounds(controller)
    assert [each for each, _ in watcher.seen] == [first, first, first, second]
    assert open_ones(served, first) == []


def test_a_document_that_a_control_cannot_look_at_is_held(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls_following, "_WAITS", (0, 0))
    watcher = Watcher(failures=3)
    first, second = taken_in(served), taken_in(served)
    rounds(Controller(served.house, [Handler("match", NAMES, watcher)]))
    assert watcher.seen[-1][0] == second
    assert open_ones(served, first) == [("match", "control_failed")]
    assert served.get(f"/v1/documents/{first}").get_json()["payment_hold"] is True


def test_one_follows_a_tenant_at_a_time(served: Served) -> None:
    watcher = Watcher()
    taken_in(served)
    now, until = clock.stamp(), clock.stamp(after=60)
    with served.house.store.writing() as connection:
        lease = event_readers.take(connection, "acme", READER, now=now, until=until)
        again = event_readers.take(connection, "acme", READER, now=now, until=until)
    assert lease is not None
    assert again is None
    controller = Controller(served.house, [Handler("match", NAMES, watcher)])
    assert not controller.round()
    with served.house.store.writing() as connection:
        assert event_readers.keep(connection, lease, lease.position)
    rounds(controller)
    assert len(watcher.seen) == 1


def test_who_has_lost_the_lease_writes_nothing(served: Served) -> None:
    taken_in(served)
    with served.house.store.writing() as connection:
        past = clock.stamp(after=-60)
        old = event_readers.take(connection, "acme", READER, now=past, until=clock.stamp(after=-1))
        new = event_readers.take(
            connection, "acme", READER, now=clock.stamp(), until=clock.stamp(after=60)
        )
        assert old is not None
        assert new is not None
        assert not event_readers.keep(connection, old, 99)


def test_what_is_erased_does_not_hide_what_comes_after_it(served: Served) -> None:
    watcher = Watcher()
    controller = Controller(served.house, [Handler("match", NAMES, watcher)])
    gone = taken_in(served)
    rounds(controller)
    upkeep.erase(served.house, "acme", gone, "me", "asked to")
    found = taken_in(served)
    rounds(Controller(served.house, [Handler("match", NAMES, watcher)]))
    assert [each for each, _ in watcher.seen] == [gone, found]
