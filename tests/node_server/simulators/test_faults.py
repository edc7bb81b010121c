"""What goes wrong goes wrong as announced, and what was done stays done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors._transport import PagingStuck, TransportFailed, throttled
from node_server.simulators import FAULTS, Fault, Simulator, start
from node_server.simulators.faults import Faults, rates_of
from tests.node_server.simulators.walker import Walker, walking


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with start("erp/quickbooks", seed=7, page_size=2) as found:
        yield found


@pytest.fixture
def walker(simulator: Simulator) -> Iterator[Walker]:
    simulator.reset()
    with walking(simulator) as found:
        yield found


def numbers(simulator: Simulator) -> list[str]:
    return [row["DocNumber"] for row in simulator.objects("bill")]


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ("reset", False),
        ("lost", True),
        ("cut", True),
        ("reset_after", True),
        (Fault("timeout", seconds=0.6), False),
        (Fault("timeout_after", seconds=0.6), True),
    ],
    ids=str,
)
def test_no_answer_comes_and_only_the_target_knows(
    walker: Walker, fault: Fault | str, *, done: bool
) -> None:
    walker.simulator.fail(next=[fault])
    with pytest.raises(TransportFailed) as raised:
        walker.send(walker.creation("bill", "B1", "k1"), timeout=0.3)
    assert raised.value.outcome == "uncertain"
    assert numbers(walker.simulator) == (["B1"] if done else [])
    assert walker.create("bill", "B1", "k1").ok
    assert numbers(walker.simulator) == ["B1"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("after", [False, True])
def test_a_server_error_says_nothing_about_what_was_done(
    walker: Walker, status: int, *, after: bool
) -> None:
    walker.simulator.fail(next=[f"{status}_after" if after else str(status)])
    assert walker.create("bill", "B1", "k1").status == status
    assert numbers(walker.simulator) == (["B1"] if after else [])
    assert walker.create("bill", "B1", "k1").status == 201
    assert numbers(walker.simulator) == ["B1"]


@pytest.mark.parametrize("name", ["429", "429_date"])
def test_too_much_says_how_long_to_wait(walker: Walker, name: str) -> None:
    walker.simulator.fail(next=[{"name": name, "seconds": 7}])
    answer = walker.create("bill", "B1", "k1")
    wait = throttled(answer, walker.manifest["api"]["throttled"], now=int(time.time()))
    assert wait in (6, 7)
    assert numbers(walker.simulator) == []


def test_a_slow_answer_is_right(walker: Walker) -> None:
    walker.simulator.fail(next=[{"name": "slow", "seconds": 0.2}])
    answer = walker.create("bill", "B1", "k1")
    assert answer.ok
    assert answer.seconds >= 0.2


def test_a_standing_cursor_is_noticed(walker: Walker) -> None:
    walker.simulator.put("bill", *({"DocNumber": str(n)} for n in range(7)))
    rows = walker.rows("bill")
    next(rows)
    walker.simulator.fail(next=["stuck"])
    with pytest.raises(PagingStuck):
        list(rows)


def test_a_fault_waits_for_the_call_that_it_is_meant_for(walker: Walker) -> None:
    walker.simulator.fail(next=["500@create", {"name": "503", "resource": "vendor"}])
    assert list(walker.rows("bill")) == []
    assert walker.create("vendor", "V1", "k1").status == 500
    assert walker.create("bill", "B1", "k2").ok
    assert walker.create("vendor", "V1", "k3").status == 503
    assert walker.create("vendor", "V1", "k4").ok


def test_the_same_seed_draws_the_same_chances() -> None:
    def drawn(seed: int) -> list[str]:
        faults = Faults(seed, {"lost": 0.1, "429": 0.1, "slow@read": 0.1})
        found = (faults.draw("create", "bill") for _ in range(300))
        return [fault.name if fault else "" for fault in found]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert set(drawn(1)) == {"", "lost", "429"}
    assert 40 < sum(map(bool, drawn(3))) < 90


def test_rates_spare_the_way_in() -> None:
    faults = Faults(1, {"lost": 1.0})
    assert faults.draw("token", "") is None
    assert faults.draw("create", "bill") == Fault("lost")


@pytest.mark.parametrize(
    "text", ["lost", "lost=x", "=1", "nothing=0.1", "lost=2", "lost=.6,cut=.6"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"there are|write name=rate|between 0 and 1"):
        Faults(0, rates_of(text))


def test_every_fault_has_its_sentence_and_its_place_in_the_document() -> None:
    document = Path(__file__).parents[3] / "docs" / "simulators.md"
    text = document.read_text(encoding="utf-8")
    assert all(sentence.endswith(".") for sentence in FAULTS.values())
    assert [name for name in FAULTS if f"`{name}`" not in text] == []
