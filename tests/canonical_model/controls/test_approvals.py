"""Who may approve: roles, delegation, absence, and what nobody may do alone."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model import wire
from canonical_model.controls.policy import (
    Absence,
    Act,
    Assignment,
    Decision,
    Delegation,
    Directory,
    Person,
    Progress,
    evaluate,
    progress,
    read_policy,
)

DAY = datetime.date(2026, 2, 1)
NEXT = datetime.date(2026, 2, 2)
INPUTS = {
    "amount": {"type": "number", "usual": 100},
    "entity": {"type": "text", "optional": True},
    "cost_centre": {"type": "list", "optional": True},
    "creator": {"type": "text", "optional": True},
    "bank_changer": {"type": "text", "optional": True},
}


def policy(*steps: Any, **more: Any) -> Any:
    rules = [{"id": "r", "then": {"steps": list(steps)}}]
    tables = [{"name": "t", "hit": "collect", "rules": rules}]
    return read_policy({"policy": "p", "version": "1", "inputs": INPUTS, "tables": tables, **more})


def step(role: str = "owner", **more: Any) -> dict[str, Any]:
    return {"id": more.pop("id", role), "role": role, **more}


def holds(person: str, role: str = "owner", **more: Any) -> Assignment:
    return Assignment(role=role, person=person, **more)


def decided(steps: Any, directory: Directory | None, **facts: Any) -> Decision:
    return evaluate(policy(*steps), facts, on=DAY, directory=directory)


def who(decision: Decision, at: int = 0) -> list[tuple[str, str | None]]:
    return [(each.person, each.instead_of) for each in decision.steps[at].candidates]


@pytest.mark.parametrize(
    ("directory", "facts", "expected"),
    [
        (Directory(assignments=[holds("ann")]), {}, [("ann", None)]),
        (Directory(assignments=[holds("ann"), holds("bob", "other")]), {}, [("ann", None)]),
        (Directory(assignments=[holds("ann", entity="DE01")]), {"entity": "DE01"}, [("ann", None)]),
        (Directory(assignments=[holds("ann", entity="DE01")]), {"entity": "FR01"}, []),
        (Directory(assignments=[holds("ann", entity="DE01")]), {}, []),
        (
            Directory(assignments=[holds("ann", cost_centre="4711")]),
            {"cost_centre": ["4710", "4711"]},
            [("ann", None)],
        ),
        (Directory(assignments=[holds("ann", limit=Decimal(100))]), {}, [("ann", None)]),
        (Directory(assignments=[holds("ann", limit=Decimal(99))]), {}, []),
        (Directory(assignments=[holds("ann", start=NEXT)]), {}, []),
        (Directory(assignments=[holds("ann", end=DAY)]), {}, [("ann", None)]),
        (Directory(assignments=[holds("ann")], absences=[Absence(person="ann")]), {}, []),
        (
            Directory(
                assignments=[holds("ann")],
                absences=[Absence(person="ann", start=DAY, end=DAY)],
                delegations=[Delegation(person="ann", to="bob")],
            ),
            {},
            [("bob", "ann")],
        ),
        (
            Directory(assignments=[holds("ann")], delegations=[Delegation(person="ann", to="bob")]),
            {},
            [("ann", None), ("bob", "ann")],
        ),
        (
            Directory(
                assignments=[holds("ann")],
                absences=[Absence(person="ann"), Absence(person="bob")],
                delegations=[
                    Delegation(person="ann", to="bob"),
                    Delegation(person="bob", to="eve"),
                    Delegation(person="eve", to="ann"),
                ],
            ),
            {},
            [("eve", "ann")],
        ),
        (
            Directory(
                assignments=[holds("ann")],
                absences=[Absence(person="ann")],
                delegations=[
                    Delegation(person="ann", to="bob", roles=["chief"]),
                    Delegation(person="ann", to="eve", limit=Decimal(50)),
                    Delegation(person="ann", to="zoe", end=datetime.date(2026, 1, 31)),
                ],
            ),
            {},
            [],
        ),
        (
            Directory(
                assignments=[holds("ann"), holds("bob")],
                delegations=[Delegation(person="ann", to="bob")],
            ),
            {},
            [("ann", None), ("bob", None)],
        ),
    ],
)
def test_a_role_is_taken_by_those_who_hold_it_or_stand_in(
    directory: Directory, facts: Any, expected: Any
) -> None:
    decision = decided([step()], directory, **facts)
    assert who(decision) == expected
    assert (decision.outcome == "review") is bool(expected)


@pytest.mark.parametrize(
    "directory",
    [
        Directory(assignments=[holds("ann")]),
        Directory(assignments=[holds("ann")], delegations=[Delegation(person="ann", to="bob")]),
        Directory(
            assignments=[holds("bob")],
            absences=[Absence(person="bob")],
            delegations=[Delegation(person="bob", to="ann")],
        ),
    ],
)
def test_nobody_approves_their_own_neither_as_nor_through_a_stand_in(directory: Directory) -> None:
    decision = decided([step()], directory, creator="ann")
    assert who(decision) == []
    assert (decision.outcome, decision.problems[0].code) == ("hold", "nobody_may_act")
    assert "as ann may not" in decision.message


def test_a_step_may_bar_further_persons() -> None:
    directory = Directory(assignments=[holds("ann"), holds("bob"), holds("eve")])
    steps = [step(never=["bank_changer"])]
    decision = decided(steps, directory, creator="ann", bank_changer="bob")
    assert who(decision) == [("eve", None)]


@pytest.mark.parametrize(
    ("need", "people", "outcome", "needed"),
    [
        (2, ["ann", "bob"], "review", 2),
        (2, ["ann"], "hold", 2),
        ("all", ["ann", "bob", "eve"], "review", 3),
        (1, [], "hold", 1),
    ],
)
def test_a_step_says_how_many_it_needs(need: Any, people: Any, outcome: str, needed: int) -> None:
    directory = Directory(assignments=[holds(each) for each in people])
    decision = decided([step(need=need)], directory)
    assert (decision.outcome, decision.steps[0].need) == (outcome, needed)


def test_one_and_a_stand_in_are_not_two() -> None:
    directory = Directory(
        assignments=[holds("ann"), holds("eve")],
        delegations=[Delegation(person="ann", to="bob")],
    )
    alone = Directory(assignments=[holds("ann")], delegations=directory.delegations)
    assert decided([step(need=2)], alone).outcome == "hold"
    decision = decided([step(need=2)], directory)
    assert (
        run(decision, "owner:ann", "owner:bob").refused[0].why == "one and his stand-in are not two"
    )
    assert run(decision, "owner:bob", "owner:eve").state == "approved"


def test_the_same_step_asked_for_twice_is_one_and_the_stricter() -> None:
    steps = [step(days=5), step(need=2, days=3, never=["bank_changer"])]
    (found,) = decided(steps, None).steps
    assert (found.need, found.due) == (2, datetime.date(2026, 2, 4))


def test_a_due_day_beyond_the_calendar_is_its_last() -> None:
    found = evaluate(policy(step(days=9999)), {}, on=datetime.date.max)
    assert found.steps[0].due == datetime.date.max


def test_without_a_directory_a_step_names_its_role() -> None:
    decision = decided([step(), step(role="chief", stage=2)], None)
    assert [(each.role, each.candidates) for each in decision.steps] == [
        ("owner", []),
        ("chief", []),
    ]
    assert decision.outcome == "review"


def test_persons_named_by_the_policy_need_no_directory() -> None:
    assert who(decided([{"id": "s", "people": ["ann", "bob"]}], None, creator="ann")) == [
        ("bob", None)
    ]


STAFF = Directory(
    assignments=[
        holds("ann"),
        holds("bob"),
        holds("bob", "legal"),
        holds("eve", "legal"),
        holds("cyd", "chief"),
        holds("ann", "chief"),
    ]
)
STEPS = [step(), step("legal"), step("chief", stage=2)]


def run(decision: Decision, *acts: str) -> Progress:
    """Acts as `step:person`, with `!` for a rejection."""
    found = []
    for act in acts:
        name, person = act.rstrip("!").split(":")
        verdict: Any = "reject" if act.endswith("!") else "approve"
        found.append(Act(step=name, person=person, verdict=verdict))
    return progress(decision, found)


@pytest.mark.parametrize(
    ("acts", "state", "refused"),
    [
        ([], "open", 0),
        (["owner:ann"], "open", 0),
        (["owner:ann", "legal:eve", "chief:cyd"], "approved", 0),
        (["legal:eve", "owner:ann", "chief:cyd"], "approved", 0),
        (["owner:ann", "chief:cyd", "legal:eve"], "open", 1),
        (["owner:ann", "owner:bob"], "open", 1),
        (["owner:eve"], "open", 1),
        (["nope:ann"], "open", 1),
        (["owner:ann!"], "rejected", 0),
        (["owner:ann!", "legal:eve"], "rejected", 1),
        (["owner:bob", "legal:bob", "chief:cyd"], "approved", 0),
    ],
)
def test_stages_run_one_after_the_other_and_steps_of_a_stage_side_by_side(
    acts: list[str], state: str, refused: int
) -> None:
    found = run(decided(STEPS, STAFF), *acts)
    assert (found.state, len(found.refused)) == (state, refused)
    assert wire.encode(found)


def test_progress_says_who_may_act_now() -> None:
    found = run(decided(STEPS, STAFF, creator="bob"), "owner:ann")
    assert [(each.id, each.state, each.may) for each in found.steps] == [
        ("owner", "approved", []),
        ("legal", "open", ["eve"]),
        ("chief", "waiting", []),
    ]


def test_an_act_of_somebody_who_took_part_says_so() -> None:
    found = run(decided(STEPS, STAFF, creator="bob"), "legal:bob")
    assert found.refused[0].why == "who took part before may not approve"


def test_a_policy_may_ask_for_another_person_in_each_step() -> None:
    read = policy(*STEPS, distinct_approvers=True)
    decision = evaluate(read, {}, on=DAY, directory=STAFF)
    found = run(decision, "owner:bob", "legal:bob", "legal:eve", "chief:cyd")
    assert (found.state, [each.why for each in found.refused]) == (
        "approved",
        ["has approved already"],
    )


@pytest.mark.parametrize("outcome", ["hold", "refuse"])
def test_what_holds_is_approved_by_nobody(outcome: str) -> None:
    then = {"outcome": outcome, "steps": [step()]}
    tables = [{"name": "t", "hit": "collect", "rules": [{"id": "r", "then": then}]}]
    read = read_policy({"policy": "p", "version": "1", "tables": tables})
    found = run(evaluate(read, {}, on=DAY, directory=STAFF), "owner:ann")
    assert (found.state, len(found.refused)) == ("open", 1)


@pytest.mark.parametrize(("outcome", "state"), [("allow", "approved"), ("review", "open")])
def test_without_steps_only_what_is_allowed_is_approved(outcome: str, state: str) -> None:
    tables = [{"name": "t", "hit": "collect", "rules": [{"id": "r", "then": {"outcome": outcome}}]}]
    read = read_policy({"policy": "p", "version": "1", "tables": tables})
    assert progress(evaluate(read, {}, on=DAY), []).state == state


PEOPLE = st.sampled_from(["ann", "bob", "cyd", "eve"])
ROLES = st.sampled_from(["owner", "legal", "chief"])


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    pairs = draw(st.lists(st.tuples(PEOPLE, ROLES), max_size=8))
    given = draw(st.lists(st.tuples(PEOPLE, PEOPLE), max_size=5))
    away = draw(st.lists(PEOPLE, max_size=2))
    return Directory(
        assignments=[holds(*pair) for pair in pairs],
        delegations=[Delegation(person=one, to=other) for one, other in given],
        absences=[Absence(person=each) for each in away],
    )


@settings(max_examples=150)
@given(
    directories(),
    PEOPLE,
    st.lists(st.tuples(ROLES, PEOPLE), max_size=12),
    st.booleans(),
    st.integers(1, 2),
)
def test_over_any_walk_nobody_approves_their_own_or_twice_in_a_step(
    directory: Directory, creator: str, walk: Any, distinct: bool, need: int
) -> None:
    read = policy(*(each | {"need": need} for each in STEPS), distinct_approvers=distinct)
    decision = evaluate(read, {"creator": creator}, on=DAY, directory=directory)
    found = progress(decision, [Act(step=s, person=p, verdict="approve") for s, p in walk])
    approvals = [each.approved_by for each in found.steps]
    everybody = [person for each in approvals for person in each]
    assert creator not in everybody
    assert not any(directory.is_away(each, DAY) for each in everybody)
    assert all(len(set(each)) == len(each) for each in approvals)
    assert not distinct or len(set(everybody)) == len(everybody)
    assert len(everybody) + len(found.refused) == len(walk)
    if found.state == "approved":
        assert all(len(each) >= need for each in approvals)
    if decision.outcome == "hold":
        assert not everybody


def test_whoever_may_act_for_a_role_has_it_within_reach() -> None:
    directory = Directory(
        assignments=[
            Assignment(role="owner", person="ann"),
            Assignment(role="chief", person="bob"),
            Assignment(role="other", person="zoe"),
        ],
        delegations=[Delegation(person="bob", to="ann"), Delegation(person="ann", to="eve")],
    )
    assert directory.roles_within_reach("eve") == {"owner", "chief"}
    assert directory.roles_within_reach("bob") == {"chief"}


def test_people_are_looked_for_on_another_day_and_never_among_the_barred() -> None:
    policy = read_policy({
        "policy": "p", "version": "1", "inputs": {"creator": {"type": "text"}},
        "tables": [{"name": "t", "hit": "collect", "rules": [
            {"id": "r", "then": {"steps": [{"id": "s", "role": "owner", "days": 3}]}}]}],
    })  # fmt: skip
    day, later = datetime.date(2026, 3, 1), datetime.date(2026, 3, 9)
    directory = Directory(
        assignments=[Assignment(role="owner", person=each) for each in ("ann", "bob", "cyd")],
        absences=[Absence(person="ann", start=later)],
    )
    made = evaluate(policy, {"creator": "zoe"}, on=day, directory=directory, barred=["bob"])
    assert [each.person for each in made.steps[0].candidates] == ["ann", "cyd"]
    asked = evaluate(
        policy, {"creator": "zoe"}, on=day, directory=directory, barred=["bob"], today=later
    )
    assert [each.person for each in asked.steps[0].candidates] == ["cyd"]
    assert (asked.on, asked.steps[0].due) == (made.on, made.steps[0].due)
    assert asked.steps[0].barred == ["bob", "zoe"]


def test_whoever_goes_by_another_name_is_one_person() -> None:
    directory = Directory(
        people=[Person(person="ann", known_as=["key_1", "auth0|7"])],
        assignments=[Assignment(role="owner", person="key_2")],
    )
    assert directory.person("key_1", "laptop") == "ann"
    assert directory.person("key_9", "auth0|7") == "ann"
    assert directory.person("key_2", "bob") == "key_2"
    assert directory.person("key_3", "bob") == "bob"
