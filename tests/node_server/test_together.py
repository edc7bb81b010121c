"""What several threads ask for at the same time is done in one go, and nobody is forgotten."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from node_server.operations.together import Together


def test_everybody_gets_the_result_of_their_own_job() -> None:
    sizes: list[int] = []

    def work(jobs: list[int]) -> list[int]:
        sizes.append(len(jobs))
        return [2 * job for job in jobs]

    together = Together(work, threading.RLock())
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(together, range(5000))) == [2 * job for job in range(5000)]
    assert sum(sizes) == 5000


def test_those_who_come_while_it_is_another_turn_are_served_in_one_go() -> None:
    turn, sizes = threading.RLock(), []

    def work(jobs: list[int]) -> list[int]:
        sizes.append(len(jobs))
        return jobs

    together = Together(work, turn)
    with ThreadPoolExecutor(5) as pool:
        with turn:
            asked = [pool.submit(together, job) for job in range(5)]
            while len(together._waiting) < 5:
                pass
        assert [each.result() for each in asked] == [0, 1, 2, 3, 4]
    assert sizes == [5]


def test_one_that_cannot_be_done_fails_alone() -> None:
    turn = threading.RLock()

    def work(jobs: list[int]) -> list[float]:
        return [1 / job for job in jobs]

    together = Together(work, turn)
    with ThreadPoolExecutor(3) as pool:
        with turn:
            asked = [pool.submit(together, job) for job in (1, 0, 2)]
            while len(together._waiting) < 3:
                pass
        assert (asked[0].result(), asked[2].result()) == (1, 0.5)
        with pytest.raises(ZeroDivisionError):
            asked[1].result()
    assert together(4) == 0.25
