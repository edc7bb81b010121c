"""Policies of a tenant: proposed, tried, activated by a second person, rolled back, retired."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from node_server.operations.access import make_key, rotate_key

from ..conftest import Served
from .office import MATRIX, Office


@pytest.fixture
def office(lasting: Served) -> Office:
    made = Office(lasting)
    made.directory()
    return made


def changed(version: str, at_least: int = 500, **more: Any) -> Any:
    tree = copy.deepcopy(MATRIX)
    tree["version"] = version
    tree["tables"][1]["rules"][0]["when"]["amount"]["at_least"] = at_least
    return tree | more


def counting(office: Office) -> Any:
    (row,) = office.get("aud", "/v1/policies")["data"]
    found = row.get("in_force")
    return found["number"] if found else None


def actions(office: Office) -> list[str]:
    rows = office.get("aud", "/v1/audit")["data"]
    return [row["action"] for row in rows if row["action"].startswith("policy")]


def test_a_proposal_counts_only_when_a_second_person_has_activated_it(office: Office) -> None:
    assert office.propose(MATRIX).status_code == 201
    assert office.propose(MATRIX).status_code == 200  # the same again is the same
    assert counting(office) is None
    own = office.decide("pam", "matrix", 1, "activate")
    assert (own.status_code, own.get_json()["code"]) == (409, "step_refused")
    assert office.decide("pat", "matrix", 1, "activate", reason="tried").status_code == 200
    assert counting(office) == 1
    assert office.decide("pat", "matrix", 1, "activate").status_code == 409
    (row,) = office.get("aud", "/v1/policies/matrix")["data"]
    assert (row["state"], row["reason"]) == ("active", "tried")
    assert actions(office) == ["policy_put_proposed", "policy_activated"]


def test_a_new_key_of_the_same_person_is_the_same_person(office: Office) -> None:
    office.propose(MATRIX)
    office.key("root", "admin")
    (old,) = [k for k in office.get("root", "/v1/keys")["data"] if k["name"] == "pam"]
    fresh = rotate_key(office.served.house, office.tenant, old["id"], "root", overlap_seconds=60)
    office.keys["pam2"] = fresh["key"]
    assert office.decide("pam2", "matrix", 1, "activate").status_code == 409
    other = make_key(office.served.house, office.tenant, "Pam's laptop", ["controller"])
    office.keys["laptop"] = other["key"]
    office.directory(people=[{"person": "pam", "known_as": [other["id"]]}])
    assert office.decide("laptop", "matrix", 1, "activate").status_code == 409


def test_all_faults_are_told_at_once_with_line_and_column(office: Office) -> None:
    text = yaml.safe_dump(MATRIX, sort_keys=False)
    wrong = text.replace("hit: collect", "hit: colect", 1).replace("amount:\n", "amuont:\n", 1)
    answer = office.call("pam", "PUT", "/v1/policies/matrix", data=wrong)
    assert answer.status_code == 422
    errors = answer.get_json()["errors"]
    hit = next(each for each in errors if each["code"] == "unknown_hit")
    lines = wrong.splitlines()
    assert "hit: colect" in lines[hit["line"] - 1]
    assert hit["column"] == lines[hit["line"] - 1].index("hit") + 1
    assert len(errors) > 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("policy: [", 400),
        ("a: &a [1]\nb: *a", 400),
        ("- " * 60, 400),
        ("\x00", 400),
        ("policy: matrix\npolicy: matrix\n", 422),
        ("just text", 422),
        ("policy: other\nversion: '1'\ntables: []\n", 422),
    ],
)
def test_what_is_no_policy_is_refused(office: Office, text: str, status: int) -> None:
    answer = office.call("pam", "PUT", "/v1/policies/matrix", data=text)
    assert answer.status_code == status, answer.text


def test_a_version_is_never_changed(office: Office) -> None:
    office.in_force(MATRIX)
    assert office.propose(changed("1", 400)).status_code == 409
    assert office.propose(changed("2", 400)).status_code == 201


def test_a_version_whose_cases_fail_is_not_activated(office: Office) -> None:
    wrong = changed("1")
    wrong["cases"][0]["expect"] = {"outcome": "refuse"}
    number = office.propose(wrong).get_json()["number"]
    report = office.decide("aud", "matrix", number, "test").get_json()
    assert (report["passed"], report["failed"]) == (1, 1)
    assert report["untried"] == ["blocks.blocked", "blocks.huge"]
    refused = office.decide("pat", "matrix", number, "activate")
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (409, "case_failed")


def test_a_rollback_is_a_proposal_too(office: Office) -> None:
    office.in_force(MATRIX)
    office.in_force(changed("2", 400))
    assert counting(office) == 2
    body = {"number": 1, "reason": "too strict"}
    made = office.call("pam", "POST", "/v1/policies/matrix/rollback", json=body)
    assert (made.status_code, made.get_json()["number"]) == (201, 3)
    assert counting(office) == 2
    assert office.decide("pam", "matrix", 3, "activate").status_code == 409
    assert office.decide("pat", "matrix", 3, "activate").status_code == 200
    found = office.get("aud", "/v1/policies/matrix")["data"]
    assert [row["state"] for row in found] == ["superseded", "superseded", "active"]
    assert found[2]["hash"] == found[0]["hash"]


def test_a_policy_is_retired_by_two_persons(office: Office) -> None:
    office.in_force(MATRIX)
    made = office.call("pam", "POST", "/v1/policies/matrix/retire", json={"reason": "merged"})
    assert made.status_code == 201
    assert counting(office) == 1
    assert office.decide("pat", "matrix", 2, "activate").status_code == 200
    assert counting(office) is None
    again = office.call("pam", "POST", "/v1/policies/matrix/retire", json={"reason": "merged"})
    assert again.status_code == 409


def test_a_proposal_is_turned_down_or_taken_back(office: Office) -> None:
    office.propose(MATRIX)
    assert office.decide("pam", "matrix", 1, "reject", reason="a mistake").status_code == 200
    assert office.decide("pat", "matrix", 1, "activate").status_code == 409
    assert office.propose(changed("1", 400)).status_code == 201


def test_a_version_for_later_leaves_today_to_the_one_before(office: Office) -> None:
    office.in_force(MATRIX)
    office.in_force(changed("2", 1, effective={"from": "2999-01-01"}, cases=[]))
    assert counting(office) == 1


def test_what_has_ended_holds_until_it_is_renewed(office: Office) -> None:
    ended = changed("1", effective={"from": "2020-01-01", "to": "2020-12-31"}, cases=[])
    office.in_force(ended)
    record = office.invoice("10.00")
    office.follow()
    assert office.state(record) == "exception"
    (decision,) = office.get("aud", f"/v1/decisions?record_id={record}")["data"]
    assert decision["problems"][0]["code"] == "not_in_effect"


def test_a_span_hands_back_to_the_version_that_lasts(office: Office) -> None:
    office.in_force(MATRIX)
    ended = {"from": "2020-01-01", "to": "2020-12-31"}
    office.in_force(changed("2", 1, effective=ended, cases=[]))
    assert counting(office) == 1


def test_versions_are_compared(office: Office) -> None:
    office.in_force(MATRIX)
    office.propose(changed("2", 1))
    found = office.get("aud", "/v1/policies/matrix/diff")
    assert (found["from"], found["to"]) == (1, 2)
    assert [each["case"] for each in found["decisions"]] == ["small"]


def test_a_version_is_tried_on_past_documents_before_it_counts(office: Office) -> None:
    office.in_force(MATRIX)
    small, large = office.invoice("10.00"), office.invoice("600.00")
    office.invoice("10.00", direction="receivable")
    office.propose(changed("2", 1))
    found = office.decide("aud", "matrix", 2, "simulate").get_json()
    assert (found["decisions"], found["stricter"], found["milder"]) == (2, 1, 0)
    assert [each["document"] for each in found["changed"]] == [small]
    assert large not in str(found["changed"])
    narrow = office.decide("aud", "matrix", 2, "simulate", date_from="2999-01-01").get_json()
    assert narrow["decisions"] == 0


def test_a_version_shows_what_was_written(office: Office) -> None:
    office.propose(MATRIX)
    found = office.get("aud", "/v1/policies/matrix/versions/1")
    assert yaml.safe_load(found["source"]) == MATRIX
    assert found["content"]["policy"] == "matrix"
    for path in ("versions/2", "versions/x", "versions/99999999999999999999"):
        assert office.call("aud", "GET", f"/v1/policies/matrix/{path}").status_code == 404


def test_asking_keeps_nothing(office: Office) -> None:
    office.in_force(MATRIX)
    facts = {"amount": "700.00", "creator": "ann"}
    answer = office.call("clerk", "POST", "/v1/decide", json={"name": "matrix", "facts": facts})
    decision = answer.get_json()
    assert decision["outcome"] == "review"
    assert [each["person"] for each in decision["steps"][0]["candidates"]] == ["bob"]
    inline = office.call("clerk", "POST", "/v1/decide", json={"policy": MATRIX, "facts": facts})
    assert inline.get_json()["policy_hash"] == decision["policy_hash"]
    assert office.get("aud", "/v1/decisions")["data"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "nothing"}, 404),
        ({"facts": {}}, 422),
        ({"name": "matrix", "policy": {}}, 422),
        ({"policy": {"policy": "x"}}, 422),
        ({"policy": MATRIX, "on": "2026-02-31"}, 422),
        ({"policy": MATRIX, "document": {"kind": "nothing"}}, 422),
    ],
)
def test_a_question_that_is_none_is_refused(office: Office, body: Any, status: int) -> None:
    assert office.call("clerk", "POST", "/v1/decide", json=body).status_code == status


def test_another_tenant_sees_and_touches_nothing(office: Office) -> None:
    office.in_force(MATRIX)
    served = office.served
    assert served.get("/v1/policies", tenant="other").get_json()["data"] == []
    gone = served.post("/v1/policies/matrix/retire", tenant="other", json={"reason": "mine"})
    assert gone.status_code == 404
