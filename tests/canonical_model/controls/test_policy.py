"""Policies: reading them with all faults at once, and what they decide."""

from __future__ import annotations

import copy
import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import canonical_model
from canonical_model import wire
from canonical_model.controls.policy import (
    InvalidPolicy,
    difference,
    evaluate,
    facts_of,
    find_faults,
    in_effect,
    read_policy,
    run_cases,
    simulate,
)
from canonical_model.schemas import example
from tests.strategies import documents

ROOT = Path(canonical_model.__file__).parent.parent
EXAMPLES = sorted((ROOT / "docs/examples/policies").glob("*.yaml"))
SCHEMA = json.loads(
    (ROOT / "canonical_model/controls/policy/policy.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DAY = datetime.date(2026, 2, 1)

every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def tree_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def as_json(tree: Any) -> Any:
    """What YAML makes of a day, as JSON has it."""
    return json.loads(json.dumps(tree, default=str))


def policy(*rules: Any, hit: str = "collect", **more: Any) -> dict[str, Any]:
    """A policy of one table over one input of each type."""
    inputs = {
        "amount": {"type": "number", "optional": True},
        "limit": {"type": "number", "optional": True},
        "entity": {"type": "text", "optional": True},
        "actor": {"type": "text", "optional": True},
        "risk": {"type": "text", "one_of": ["low", "high"], "usual": "low"},
        "day": {"type": "date", "optional": True},
        "urgent": {"type": "flag", "optional": True},
        "people": {"type": "list", "optional": True},
    }
    table = {"name": "t", "hit": hit, "rules": list(rules)}
    return {"policy": "p", "version": "1", "inputs": inputs, "tables": [table | more]}


def rule(when: Any = None, then: Any = None, id: str = "r", **more: Any) -> dict[str, Any]:
    return {"id": id, "when": when or {}, "then": then or {"outcome": "hold"}, **more}


def decided(tree: Any, **facts: Any) -> Any:
    return evaluate(read_policy(tree), facts, on=DAY)


@every_example
def test_an_example_passes_its_own_cases_and_tries_every_rule(path: Path) -> None:
    report = run_cases(read_policy(tree_of(path)))
    assert not [each for each in report.results if not each.passed]
    assert report.passed >= 4
    assert not report.untried
    assert wire.encode(report)


@every_example
def test_an_example_satisfies_the_schema(path: Path) -> None:
    VALIDATOR.validate(as_json(tree_of(path)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("test", "facts", "hits"),
    [
        ({"amount": 5}, {"amount": "5.00"}, True),
        ({"amount": "0.5"}, {"amount": Decimal("0.50")}, True),
        ({"amount": {"at_least": 5}}, {"amount": 5}, True),
        ({"amount": {"above": 5}}, {"amount": 5}, False),
        ({"amount": {"at_most": 5}}, {"amount": 5}, True),
        ({"amount": {"below": 5}}, {"amount": "4.99"}, True),
        ({"amount": {"below": 5}}, {"amount": 5}, False),
        ({"amount": {"between": [1, 5]}}, {"amount": 5}, True),
        ({"amount": {"between": [1, 5]}}, {"amount": "5.01"}, False),
        ({"amount": {"at_least": 1, "below": 5}}, {"amount": 0}, False),
        ({"amount": {"at_least": {"input": "limit"}}}, {"amount": 5, "limit": 5}, True),
        ({"amount": {"at_least": {"input": "limit"}}}, {"amount": 5}, False),
        ({"amount": [1, 5]}, {"amount": 5}, True),
        ({"entity": "DE01"}, {"entity": "DE01"}, True),
        ({"entity": "DE01"}, {"entity": "de01"}, False),
        ({"entity": ["DE01", "FR01"]}, {"entity": "FR01"}, True),
        ({"entity": {"not": ["DE01", "FR01"]}}, {"entity": "US01"}, True),
        ({"entity": {"not": ["DE01", "FR01"]}}, {}, False),
        ({"entity": {"matches": "DE*"}}, {"entity": "DE01"}, True),
        ({"entity": {"matches": ["FR*", "?E0*"]}}, {"entity": "DE01"}, True),
        ({"entity": {"matches": "E0"}}, {"entity": "DE01"}, False),
        ({"entity": {"equals": {"input": "actor"}}}, {"entity": "x", "actor": "x"}, True),
        ({"entity": {"present": True}}, {"entity": "x"}, True),
        ({"entity": {"present": False}}, {}, True),
        ({"entity": {"present": True}}, {"entity": ""}, False),
        ({"entity": {"any": ["a", {"matches": "b*"}]}}, {"entity": "bc"}, True),
        ({"entity": {"any": [{"present": False}, {"not": "a"}]}}, {}, True),
        ({"amount": {"any": [{"at_least": 5, "below": 6}, 1]}}, {"amount": 7}, False),
        ({"day": {"at_least": "2026-01-01"}}, {"day": DAY}, True),
        ({"day": {"below": datetime.date(2026, 1, 1)}}, {"day": "2026-02-01"}, False),
        ({"urgent": True}, {"urgent": True}, True),
        ({"urgent": False}, {}, False),
        ({"risk": "low"}, {}, True),
        ({"people": {"contains": "ann"}}, {"people": ["bob", "ann"]}, True),
        ({"people": {"contains": ["ann", "eve"]}}, {"people": ["bob", "ann"]}, False),
        ({"people": {"contains": {"input": "actor"}}}, {"people": ["a"], "actor": "a"}, True),
        ({"actor": {"in": {"input": "people"}}}, {"people": ["a"], "actor": "a"}, True),
        ({"people": {"matches": "a*"}}, {"people": ["bob", "ann"]}, True),
        ({"people": {"present": True}}, {"people": []}, False),
        ({"people": ["ann"]}, {"people": ["ann"]}, True),
        ({"amount": {"at_least": 1}, "entity": "x"}, {"amount": 1, "entity": "y"}, False),
    ],
)
def test_a_condition_is_data(test: Any, facts: Any, hits: bool) -> None:
    tree = policy(rule(test))
    VALIDATOR.validate(as_json(tree))
    assert bool(decided(tree, **facts).hits) is hits


ONE, TWO = {"outcome": "review"}, {"outcome": "hold"}


@pytest.mark.parametrize(
    ("hit", "rules", "outcome", "hits", "problem"),
    [
        ("unique", [rule(then=ONE, id="a")], "review", ["a"], None),
        ("unique", [rule(then=ONE, id="a"), rule(then=ONE, id="b")], "hold", ["a", "b"],
         "rules_overlap"),
        ("any", [rule(then=ONE, id="a"), rule(then=ONE, id="b")], "review", ["a"], None),
        ("any", [rule(then=ONE, id="a"), rule(then=TWO, id="b")], "hold", ["a", "b"],
         "rules_disagree"),
        ("first", [rule({"risk": "high"}, TWO, "a"), rule(then=ONE, id="b")], "review", ["b"],
         None),
        ("priority", [rule(then=ONE, id="a", priority=1), rule(then=TWO, id="b", priority=2)],
         "hold", ["b"], None),
        ("priority", [rule(then=ONE, id="a", priority=3), rule(then=TWO, id="b", priority=2)],
         "review", ["a"], None),
        ("collect", [rule(then=ONE, id="a"), rule(then=TWO, id="b")], "hold", ["a", "b"], None),
        ("collect", [rule({"risk": "high"}, TWO)], "allow", [], None),
        ("unique", [rule({"risk": "high"}, TWO)], "hold", [], "no_rule"),
        ("first", [], "hold", [], "no_rule"),
    ],
)  # fmt: skip
def test_a_hit_policy_says_which_rules_decide(
    hit: str, rules: Any, outcome: str, hits: list[str], problem: str | None
) -> None:
    found = decided(policy(*rules, hit=hit))
    assert (found.outcome, [each.rule for each in found.hits]) == (outcome, hits)
    assert [each.code for each in found.problems] == ([problem] if problem else [])


def test_of_rules_that_overlap_nothing_takes_effect_but_the_hold() -> None:
    then = {"set": {"v": 1}, "steps": [{"role": "cfo"}]}
    rules = [rule(then=then, id="a"), rule(then=then, id="b")]
    found = decided(policy(*rules, hit="unique", sets={"v": {"type": "number"}}))
    assert (found.outcome, found.values, found.steps) == ("hold", {}, [])


@pytest.mark.parametrize(
    ("combine", "value"), [("sum", "15"), ("least", "5"), ("most", "10"), (None, None)]
)
def test_values_are_combined_as_declared_or_contradict(combine: Any, value: Any) -> None:
    declared = {"type": "number"} | ({"combine": combine} if combine else {})
    rules = [rule(then={"set": {"v": n}}, id=f"r{n}") for n in (5, 10)]
    found = decided(policy(*rules, sets={"v": declared}))
    assert found.values.get("v") == value
    assert (found.outcome == "hold") is (combine is None)


def test_a_table_uses_what_those_above_it_set() -> None:
    tree = policy(rule(then={"set": {"level": "x"}}), sets={"level": {"type": "text"}})
    tree["tables"].append({"name": "u", "hit": "collect", "rules": [rule({"level": "x"})]})
    assert decided(tree).outcome == "hold"
    tree["tables"].reverse()
    assert [each.path for each in find_faults(tree)] == ["tables[0].rules[0].when.level"]


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"policy": 7}, "policy", "a text works"),
        ({"version": None}, "version", "found nothing"),
        ({"verison": "1"}, "verison", "no key is named 'verison'"),
        ({"effective": {"from": "2026-02-01", "to": "2026-01-01"}}, "effective.to", "before it"),
        ({"effective": {"from": "2026-02-30"}}, "effective.from", "a day works"),
        ({"inputs": []}, "inputs", "a mapping works"),
        ({"inputs": {"a": {"type": "money"}}}, "inputs.a.type", "no type is named 'money'"),
        ({"inputs": {"a": {"type": "text", "one_of": ["x"], "usual": "y"}}}, "inputs.a.usual",
         "known: x"),
        ({"inputs": {"a": {"type": "number", "sum_of": ["b"]}}}, "inputs.a.sum_of", "'b'"),
        ({"tables": {}}, "tables", "a list of mappings works"),
        ({"tables": [3]}, "tables[0]", "a mapping works"),
        ({"tables": [{"name": "t", "hit": "best"}]}, "tables[0].hit", "known: any"),
        ({"tables": [{"name": "t", "hit": "any"}] * 2}, "tables", "2 are named 't'"),
        ({"cases": [{"name": "c", "day": "2026-01-01"}]}, "cases[0].expect", "missing"),
        ({"cases": [{"name": "c", "expect": {}}]}, "cases[0].day", "missing"),
        ({"cases": [{"name": "c", "day": "2026-01-01", "facts": {"x": 1}, "expect": {}}]},
         "cases[0].facts.x", "no value is named 'x'"),
        ({"cases": [{"name": "c", "day": "2026-01-01", "expect": {"hits": ["x"]}}]},
         "cases[0].expect.hits", "no rule is named 'x'"),
    ],
)  # fmt: skip
def test_a_fault_of_a_policy_names_its_place(change: Any, path: str, says: str) -> None:
    faults = find_faults(policy(rule()) | change)
    assert path in [each.path for each in faults]
    assert any(says in each.message for each in faults if each.path == path)


@pytest.mark.parametrize(
    ("bad", "path", "says"),
    [
        (rule({"amuont": 5}), "when.amuont", "no input is named"),
        (rule({"amount": 0.5}), "when.amount.equals", "write it in quotes, '0.5'"),
        (rule({"amount": "five"}), "when.amount.equals", "a number works"),
        (rule({"amount": True}), "when.amount.equals", "a number works"),
        (rule({"amount": {"atleast": 5}}), "when.amount.atleast", "known: above"),
        (rule({"amount": {"matches": "5*"}}), "when.amount.matches", "no test of a number"),
        (rule({"amount": {}}), "when.amount", "nothing is asked"),
        (rule({"amount": {"in": []}}), "when.amount.in", "a list of values works"),
        (rule({"amount": {"between": [5, 1]}}), "when.amount.between", "the lower first"),
        (rule({"amount": {"between": [5]}}), "when.amount.between", "two values work"),
        (rule({"amount": {"above": {"input": "entity"}}}), "when.amount.above.input",
         "needs a number"),
        (rule({"amount": {"above": {"input": "nope"}}}), "when.amount.above.input", "'nope'"),
        (rule({"amount": {"above": {"expression": "1+1"}}}), "when.amount.above",
         "a value or {input: name} works"),
        (rule({"amount": {"between": {"input": "limit"}}}), "when.amount.between.input",
         "needs a literal"),
        (rule({"risk": "medium"}), "when.risk.equals", "known: high, low"),
        (rule({"risk": {"any": []}}), "when.risk.any", "a list of tests works"),
        (rule({"entity": 4711}), "when.entity.equals", "in quotes"),
        (rule(then={"outcome": "deny"}), "then.outcome", "known: allow"),
        (rule(then={"set": {"x": 1}}), "then.set.x", "no value is named 'x'"),
        (rule(then={"steps": [{"id": "s"}]}), "then.steps[0]", "nobody is named"),
        (rule(then={"steps": [{"role": "cfo", "need": -1}]}), "then.steps[0].need", "whole"),
        (rule(then={"steps": [{"role": "cfo", "days": None}]}), "then.steps[0].days", "whole"),
        (rule(then={"steps": [{"role": "cfo", "never": ["x"]}]}), "then.steps[0].never", "'x'"),
        (rule(then={"evidence": ["receipt"]}), "then.evidence", "declare an input `evidence`"),
        ({"id": "r"}, "then", "state what follows"),
        ({"then": {}}, "id", "missing"),
    ],
)  # fmt: skip
def test_a_fault_of_a_rule_names_its_place(bad: Any, path: str, says: str) -> None:
    (fault,) = find_faults(policy(bad))
    assert fault.path == f"tables[0].rules[0].{path}"
    assert says in fault.message


def test_all_faults_come_at_once() -> None:
    tree = policy(rule({"amount": 0.5, "nope": 1}), rule({"risk": "x"}), hit="frist", nmae=1)
    with pytest.raises(InvalidPolicy, match=r"not a policy: .*\(and 5 more\)") as refused:
        read_policy(tree)
    assert len(refused.value.issues) == 6


def test_a_rule_that_no_fact_can_reach_is_a_fault() -> None:
    (fault,) = find_faults(policy(rule(id="a"), rule(id="b"), hit="first"))
    assert (fault.path, fault.code) == ("tables[0].rules[0]", "unreachable")


@pytest.mark.parametrize("tree", [None, [], "policy", 3, {}, {"tables": None}, {1: 2}])
def test_what_is_no_policy_is_refused(tree: Any) -> None:
    assert find_faults(tree)


@pytest.mark.parametrize(
    ("facts", "code"),
    [({}, "fact_missing"), ({"a": "x"}, "fact_invalid"), ({"a": 1.5}, "fact_invalid")],
)
def test_without_its_facts_a_decision_holds(facts: Any, code: str) -> None:
    tree = policy(rule(then={"outcome": "allow"})) | {"inputs": {"a": {"type": "number"}}}
    found = decided(tree, **facts)
    assert (found.outcome, found.problems[0].code) == ("hold", code)
    assert "a" in found.message


def test_a_fact_that_is_none_of_the_choices_holds() -> None:
    assert decided(policy(), risk="medium").problems[0].code == "fact_invalid"


def test_a_sum_is_reckoned_exactly() -> None:
    tree = policy(rule({"all": {"at_least": "0.3"}}))
    tree["inputs"] |= {"all": {"type": "number", "sum_of": ["amount", "limit"]}}
    assert decided(tree, amount="0.1", limit="0.2").outcome == "hold"
    assert decided(tree, amount="0.1", limit="0.19").outcome == "allow"


def test_a_decision_keeps_what_it_rests_on() -> None:
    tree = policy(rule({"amount": {"at_least": 5}}, says="Five is much"))
    found = decided(tree, amount="7.50", unasked="x")
    assert found.facts == {"amount": "7.50", "risk": "low"}
    assert found.hits[0].because == ["amount (7.50) is at least 5"]
    assert (found.message, found.on, found.version) == ("Five is much", DAY, "1")
    assert found.policy_hash == read_policy(copy.deepcopy(tree)).hash
    assert wire.encode(found)


def test_another_content_has_another_hash() -> None:
    one, other = policy(rule({"amount": 5})), policy(rule({"amount": 6}))
    assert read_policy(one).hash != read_policy(other).hash


def versions() -> list[Any]:
    spans = [
        ("1", {"from": "2026-01-01"}),
        ("2", {"from": "2026-06-01", "to": "2026-06-30"}),
        ("9", {"from": "2026-09-01"}),
        ("10", {"from": "2026-09-01"}),
    ]
    return [read_policy(policy() | {"version": v, "effective": s}) for v, s in spans]


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2025-12-31", None),
        ("2026-01-01", "1"),
        ("2026-06-01", "2"),
        ("2026-06-30", "2"),
        ("2026-07-01", "1"),
        ("2026-09-01", "10"),
    ],
)
def test_the_version_that_began_last_is_in_effect(day: str, version: str | None) -> None:
    found = in_effect(reversed(versions()), "p", datetime.date.fromisoformat(day))
    assert (found and found.version) == version


def test_a_version_that_is_not_in_effect_holds() -> None:
    assert (
        decided(policy() | {"effective": {"to": "2026-01-31"}}).problems[0].code == "not_in_effect"
    )


def test_a_case_that_fails_says_what_is_different() -> None:
    case = {"name": "c", "day": "2026-02-01", "facts": {"amount": 5},
            "expect": {"outcome": "allow", "hits": [], "steps": ["x"]}}  # fmt: skip
    (result,) = run_cases(read_policy(policy(rule({"amount": 5})) | {"cases": [case]})).results
    assert result.differences == [
        "outcome is hold; expected allow",
        "hits is r; expected absent",
        "steps is absent; expected x",
    ]
    assert result.decision is not None


def test_a_difference_names_rules_and_changed_decisions() -> None:
    case = {"name": "five", "day": "2026-02-01", "facts": {"amount": 5}, "expect": {}}
    old = policy(rule({"amount": {"at_least": 5}}), rule(id="gone")) | {"cases": [case]}
    new = copy.deepcopy(old) | {"version": "2"}
    new["tables"][0]["rules"][0]["when"]["amount"] = {"at_least": 6}
    new["tables"][0]["rules"][1] = rule({"risk": "high"}, id="new")
    found = difference(read_policy(old), read_policy(new))
    changes = {(each.path, each.change) for each in found.changes}
    assert changes == {
        ("version", "changed"),
        ("tables.t.rules.r.when.amount.tests", "changed"),
        ("tables.t.rules.gone", "removed"),
        ("tables.t.rules.new", "added"),
    }
    assert [(each.case, each.old, each.new) for each in found.decisions] == [
        ("five", "hold", "allow")
    ]
    assert wire.encode(found)


def test_a_moved_rule_is_told() -> None:
    rules = [rule({"amount": 5}, id="a"), rule({"amount": 6}, id="b")]
    old, new = policy(*rules, hit="first"), policy(*reversed(rules), hit="first")
    (change,) = difference(read_policy(old), read_policy(new)).changes
    assert (change.path, change.change) == ("tables.t.rules", "moved")


def test_a_simulation_counts_and_compares() -> None:
    now = read_policy(policy(rule({"amount": {"at_least": 10}})))
    next_year = policy(rule({"amount": {"at_least": 5}}), rule({"amount": 1000}, id="never"))
    tried = read_policy(next_year | {"effective": {"from": "2027-01-01"}})
    found = simulate(tried, [{"amount": n} for n in range(20)], on=DAY, against=now)
    assert (found.decisions, found.outcomes) == (20, {"allow": 5, "hold": 15})
    assert (found.stricter, found.milder, found.never) == (5, 0, ["t.never"])
    assert [each.position for each in found.changed] == [5, 6, 7, 8, 9]
    assert wire.encode(found)


def test_a_document_offers_its_facts() -> None:
    facts = facts_of(wire.decode(example("invoice")), creator="ann")
    assert facts["amount"] == Decimal("476.00")
    assert (facts["supplier"], facts["supplier_country"]) == ("DE136695976", "DE")
    assert (facts["has_order"], facts["creator"], facts["tax_category"]) == (True, "ann", ["S"])


MUTATIONS = st.sampled_from([None, 5, 0.5, "x", [], {}, ["x"], {"x": 1}, True, "2026-01-01", -1])


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all nodes of a tree but its root."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, value in items:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
    return found


TREES = [as_json(tree_of(path)) for path in EXAMPLES]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    tree = copy.deepcopy(draw(st.sampled_from(TREES)))
    *above, last = draw(st.sampled_from(places(tree)))
    node = tree
    for key in above:
        node = node[key]
    if draw(st.booleans()):
        node[last] = draw(MUTATIONS)
    else:
        del node[last]
    return tree


@settings(max_examples=100)
@given(damaged())
def test_a_damaged_policy_is_refused_with_words_or_decides(tree: Any) -> None:
    """And what the reader takes, the schema takes too."""
    faults = find_faults(tree)
    assert all(each.path and each.message for each in faults)
    if not faults:
        VALIDATOR.validate(tree)
        assert wire.encode(run_cases(read_policy(tree)))


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=5),
    st.dates(), st.datetimes(), st.lists(st.text(max_size=3), max_size=3), st.just({"x": 1}),
)  # fmt: skip


@given(st.sampled_from(TREES), st.data(), st.dates())
def test_no_fact_makes_a_decision_raise(tree: Any, data: st.DataObject, on: datetime.date) -> None:
    names = sorted(tree["inputs"])
    facts = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=8))
    found = evaluate(read_policy(tree), facts, on=on)
    assert wire.encode(found)
    assert found.outcome in ("hold", "refuse") or not found.problems


@given(documents(canonical=False))
def test_facts_of_any_document_can_be_decided_on(document: Any) -> None:
    read = read_policy(TREES[0])
    assert evaluate(read, facts_of(document, creator="ann"), on=DAY).facts["creator"] == "ann"


@pytest.mark.parametrize(
    ("reach", "path"),
    [
        ({"kinds": ["invoise"]}, "applies_to.kinds"),
        ({"acts": ["aprove"]}, "applies_to.acts"),
        ({"kinds": ["invoice"], "directions": ["out"]}, "applies_to.directions"),
        ({"directions": ["payable"]}, "applies_to"),
        ({"kinds": []}, "applies_to"),
        ({"kinds": "invoice"}, "applies_to.kinds"),
        ({"kind": ["invoice"]}, "applies_to.kind"),
    ],
)
def test_what_a_policy_applies_to_is_read_with_its_faults(reach: Any, path: str) -> None:
    issues = find_faults(policy({"id": "r", "then": {}}) | {"applies_to": reach})
    assert path in {each.path for each in issues}


def test_what_a_policy_applies_to_is_part_of_it() -> None:
    reach = {"kinds": ["invoice"], "acts": ["pay"]}
    tree = policy({"id": "r", "then": {}}) | {"applies_to": reach}
    read = read_policy(tree)
    assert read.applies_to is not None
    assert (read.applies_to.kinds, read.applies_to.acts) == (["invoice"], ["pay"])
    assert read.hash != read_policy(policy({"id": "r", "then": {}})).hash
    VALIDATOR.validate(as_json(tree))
