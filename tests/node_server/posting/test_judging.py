"""Whatever the network and the target do, there is never a second one, and none is lost."""

from __future__ import annotations

import random
from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node_server.operations.posting.judging import (
    BELIEVED,
    MOST_ATTEMPTS,
    NEVER,
    PATIENCE,
    Class,
    Heard,
    Looks,
    Rules,
    Seen,
    Standing,
    Verdict,
    after_looking,
    after_sending,
    back_off,
    next_move,
)

from .world import Target, World

CLASSES = get_args(Class)
FRESH = Standing(attempts=1)
IN_DOUBT = Standing(doubtful=True, age=400, since=400, attempts=2)

rules = st.builds(
    Rules,
    kind=st.sampled_from(CLASSES),
    window=st.sampled_from([None, 8, 360, 86_400]),
    looks=st.sampled_from(get_args(Looks)),
    ours=st.booleans(),
    quiet=st.sampled_from([1.0, 60.0]),
)
ends = {"confirmed": 1, "refused": 0, "dead": 0, "held": 0}


def worst(found: Rules, seed: int, faults: float) -> tuple[World, str]:
    chance = random.Random(seed)
    really = found.window if found.window is not None else chance.choice([360.0, 1e9])
    world = World(found, Target(found, float(really), chance), chance, faults)
    return world, world.run()


@settings(max_examples=1500)
@given(rules, st.integers(0, 2**32), st.sampled_from([0.1, 0.3, 0.7, 0.95]))
def test_at_the_end_it_is_there_once_or_not_or_a_person_is_asked(
    found: Rules, seed: int, faults: float
) -> None:
    if found.ours and found.kind not in ("upsert", "unique"):
        return  # a key of ours that the target does not mind
    world, state = worst(found, seed, faults)
    assert world.target.made <= 1
    assert state in ends or state == "uncertain"
    assert world.target.made == ends.get(state, world.target.made)


@settings(max_examples=300)
@given(rules, st.integers(0, 2**32))
def test_without_faults_one_attempt_is_enough(found: Rules, seed: int) -> None:
    world, state = worst(found, seed, 0.0)
    assert (state, world.at.attempts, world.target.made) == ("confirmed", 1, 1)


@pytest.mark.parametrize(
    ("kind", "looks", "standing", "move"),
    [
        *((kind, "proof", Standing(), "send") for kind in CLASSES),
        *((kind, "none", Standing(), "send") for kind in CLASSES),
        *((kind, "proof", IN_DOUBT, "look") for kind in CLASSES),
        ("replay", "none", IN_DOUBT, "ask"),
        ("reject", "none", IN_DOUBT, "ask"),
        ("none", "none", IN_DOUBT, "ask"),
        ("none", "none", Standing(doubtful=True, age=1), "ask"),
        ("none", "proof", Standing(doubtful=True, age=1), "look"),
        ("upsert", "none", IN_DOUBT, "send"),
        ("unique", "none", IN_DOUBT, "send"),
        ("replay", "proof", Standing(doubtful=True, age=1), "send"),
        ("reject", "none", Standing(doubtful=True, age=1), "send"),
        ("unique", "hint", IN_DOUBT, "look"),
        ("unique", "hint", Standing(doubtful=True, age=400, misses=1), "send"),
        ("none", "hint", Standing(doubtful=True, age=400, misses=9), "look"),
    ],
)
def test_what_is_done_next(kind: Class, looks: Looks, standing: Standing, move: str) -> None:
    assert next_move(Rules(kind, looks=looks), standing) == move


def test_a_key_is_believed_only_well_within_its_window() -> None:
    xero = Rules("replay", window=360, looks="proof")
    assert next_move(xero, Standing(doubtful=True, age=299)) == "send"
    assert next_move(xero, Standing(doubtful=True, age=301)) == "look"
    unknown = Rules("replay", looks="proof")
    assert next_move(unknown, Standing(doubtful=True, age=BELIEVED - 61)) == "send"
    assert next_move(unknown, Standing(doubtful=True, age=BELIEVED)) == "look"


@pytest.mark.parametrize(
    ("kind", "standing", "heard", "wanted"),
    [
        *((kind, FRESH, "refused", Verdict("refused")) for kind in CLASSES),
        *((kind, FRESH, "denied", Verdict("refused")) for kind in CLASSES),
        *((kind, FRESH, "barred", Verdict("held", 300.0)) for kind in CLASSES),
        *((kind, FRESH, "busy", Verdict("pending", 7.0)) for kind in CLASSES),
        *((kind, FRESH, "done", Verdict("confirmed")) for kind in CLASSES),
        *((kind, IN_DOUBT, "done", Verdict("confirmed")) for kind in CLASSES),
        *(
            (kind, IN_DOUBT, "busy", Verdict("uncertain", 7.0, doubtful=True))
            for kind in CLASSES
        ),
        *(
            (kind, FRESH, "unclear", Verdict("uncertain", 7.0, doubtful=True))
            for kind in CLASSES
        ),
        ("unique", FRESH, "conflict", Verdict("refused")),
        ("none", IN_DOUBT, "refused", Verdict("uncertain", 2.0, doubtful=True, look=True)),
        ("unique", IN_DOUBT, "conflict", Verdict("uncertain", 2.0, doubtful=True, look=True)),
        ("reject", FRESH, "conflict", Verdict("uncertain", 1.0, doubtful=True, look=True)),
        ("replay", FRESH, "conflict", Verdict("uncertain", 7.0, doubtful=True)),
    ],
)  # fmt: skip
def test_what_an_answer_means(
    kind: Class, standing: Standing, heard: Heard, wanted: Verdict
) -> None:
    assert after_sending(Rules(kind, looks="proof"), standing, heard, wait=7.0) == wanted


def test_a_rejected_second_try_is_a_success_even_where_nobody_can_look() -> None:
    said = after_sending(Rules("reject"), FRESH, "conflict")
    assert said == Verdict("confirmed", replayed=True)


def test_a_refusal_of_the_same_key_speaks_for_the_first_attempt_within_the_window() -> None:
    at = Standing(doubtful=True, age=10, attempts=2)
    assert after_sending(Rules("replay", 360), at, "refused").state == "refused"
    assert after_sending(Rules("replay", 360), at, "denied").state == "uncertain"
    late = Standing(doubtful=True, age=310, attempts=2)
    assert after_sending(Rules("replay", 360), late, "refused").state == "uncertain"


@pytest.mark.parametrize(
    ("kind", "standing", "seen", "wanted"),
    [
        *((kind, IN_DOUBT, "found", Verdict("confirmed", replayed=True)) for kind in CLASSES),
        *((kind, IN_DOUBT, "several", Verdict("uncertain", doubtful=True)) for kind in CLASSES),
        ("unique", IN_DOUBT, "nothing", Verdict("pending", 0.0)),
        ("none", IN_DOUBT, "nothing", Verdict("uncertain", 60.0, doubtful=True, missed=True)),
        ("none", Standing(doubtful=True, since=400, misses=1), "nothing", Verdict("pending", 0.0)),
        ("none", Standing(doubtful=True, since=10), "nothing",
         Verdict("uncertain", 2.5, doubtful=True)),
        ("none", IN_DOUBT, "failed", Verdict("uncertain", 100.0, doubtful=True)),
        ("none", IN_DOUBT, "barred", Verdict("uncertain", 300.0, doubtful=True)),
    ],
)  # fmt: skip
def test_what_is_seen_means(kind: Class, standing: Standing, seen: Seen, wanted: Verdict) -> None:
    assert after_looking(Rules(kind, looks="proof"), standing, seen) == wanted


def test_a_search_that_may_miss_proves_nothing() -> None:
    at = Standing(doubtful=True, age=4000, since=4000, misses=50)
    for kind in CLASSES:
        verdict = after_looking(Rules(kind, looks="hint"), at, "nothing")
        assert (verdict.state, verdict.doubtful) == ("uncertain", True)


@pytest.mark.parametrize(("kind", "looks"), list(product(CLASSES, get_args(Looks))))
def test_trying_ends(kind: Class, looks: Looks) -> None:
    """What is known not to be there is dead; what is in doubt is for a person."""
    worn = Standing(attempts=MOST_ATTEMPTS)
    assert after_sending(Rules(kind, looks=looks), worn, "unsent") == Verdict("dead")
    in_doubt = Standing(doubtful=True, attempts=MOST_ATTEMPTS)
    verdict = after_sending(Rules(kind, looks=looks), in_doubt, "unsent")
    assert verdict == Verdict("uncertain", NEVER, doubtful=True)
    old = Standing(doubtful=True, age=PATIENCE, since=PATIENCE)
    assert after_looking(Rules(kind, looks=looks), old, "failed").due == NEVER


@given(st.integers(-5, 10_000))
def test_waits_grow_to_an_hour(attempts: int) -> None:
    assert 1 <= back_off(attempts) <= back_off(attempts + 1) <= 3600
