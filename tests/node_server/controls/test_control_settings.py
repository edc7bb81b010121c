"""Settings of controls: what is in force is the work of two people."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from canonical_model.controls.exceptions import ExceptionSettings
from canonical_model.controls.match import MatchSettings
from node_server.operations.control_settings import SHAPES, in_force
from node_server.store import clock

from ..conftest import Served

AT = "/v1/control-settings"
TWO_PERCENT = {"rules": [{"price": {"percent": "2"}}]}


def propose(
    served: Served, tree: Any, role: str = "controller", name: str = "match"
) -> dict[str, Any]:
    made = served.call("PUT", f"{AT}/{name}?why=new+rules", role, json=tree)
    assert made.status_code in (200, 201), made.text
    found: dict[str, Any] = made.get_json()
    return found


def activate(served: Served, version: int, role: str = "admin", name: str = "match") -> int:
    return served.post(f"{AT}/{name}/{version}/activate", role).status_code


def matching(served: Served) -> MatchSettings:
    with served.house.store.reading() as connection:
        return in_force(connection, "acme", "match", MatchSettings)


def test_a_tenant_begins_with_what_is_usual(served: Served) -> None:
    found = {each["name"]: each for each in served.get(AT, "reader").get_json()["data"]}
    assert set(found) == set(SHAPES)
    assert {each["version"] for each in found.values()} == {0}
    assert found["exceptions"]["settings"]["due_hours"] == "48"
    assert found["automation"]["settings"]["match"] is True


def test_only_what_a_second_person_has_activated_is_in_force(served: Served) -> None:
    version = propose(served, TWO_PERCENT)["version"]
    assert matching(served) == MatchSettings()
    assert activate(served, version, "controller") == 409
    assert matching(served) == MatchSettings()
    assert activate(served, version) == 200
    assert str(matching(served).rules[0].price.percent) == "2"  # type: ignore[union-attr]
    shown = served.get(f"{AT}/match").get_json()
    assert (shown["version"], shown["settings"]["rules"]) == (version, TWO_PERCENT["rules"])


def test_two_keys_of_one_person_are_one_person(served: Served) -> None:
    twin = {"name": "controller of acme", "roles": ["controller"]}
    key = served.post("/v1/keys", json=twin).get_json()["key"]
    version = propose(served, TWO_PERCENT)["version"]
    path = f"{AT}/match/{version}/activate"
    answer = served.client.post(path, headers={"X-Api-Key": key})
    assert answer.status_code == 409


def test_the_same_proposal_again_is_the_same_version(served: Served) -> None:
    first = propose(served, TWO_PERCENT)
    assert propose(served, TWO_PERCENT)["version"] == first["version"]


def test_what_is_in_force_is_followed_by_the_next_and_can_be_proposed_again(
    served: Served,
) -> None:
    for percent in ("2", "5"):
        made = propose(served, {"rules": [{"price": {"percent": percent}}]})
        assert activate(served, made["version"]) == 200
    back = served.post(f"{AT}/match/1/rollback", "admin", json={"reason": "too loose"})
    assert back.status_code == 201
    version = back.get_json()["version"]
    assert str(matching(served).rules[0].price.percent) == "5"  # type: ignore[union-attr]
    assert activate(served, version, "admin") == 409
    assert activate(served, version, "controller") == 200
    assert str(matching(served).rules[0].price.percent) == "2"  # type: ignore[union-attr]
    states = [each["state"] for each in served.get(f"{AT}/match").get_json()["versions"]]
    assert states == ["superseded", "superseded", "active"]


def test_the_usual_settings_can_be_proposed_again(served: Served) -> None:
    assert activate(served, propose(served, TWO_PERCENT)["version"]) == 200
    back = served.post(f"{AT}/match/0/rollback", "admin", json={"reason": "as before"}).get_json()
    assert activate(served, back["version"], "controller") == 200
    assert matching(served) == MatchSettings()


def test_a_proposal_is_turned_down_once(served: Served) -> None:
    version = propose(served, TWO_PERCENT)["version"]
    path = f"{AT}/match/{version}"
    assert served.post(f"{path}/reject", "controller", json={"reason": "a slip"}).status_code == 200
    assert activate(served, version) == 409
    assert served.post(f"{path}/rollback", "admin", json={"reason": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("name", "tree", "told"),
    [
        ("match", {"rules": [{"price": {"percent": 0.5}}]}, "rules[0].price.percent"),
        ("match", {"rulez": []}, "rulez"),
        ("exceptions", {"rules": [{"due_hours": "soon"}], "most": []}, "rules[0].due_hours"),
        ("automation", {"match": "yes"}, "match"),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_its_place(
    lasting: Served, name: str, tree: Any, told: str
) -> None:
    refused = lasting.call("PUT", f"{AT}/{name}", "controller", json=tree)
    assert refused.status_code == 422
    assert told in [each["path"] for each in refused.get_json()["errors"]]


@pytest.mark.parametrize("path", ["nothing", "match/1/activate", "match/x/activate", "no/1/reject"])
def test_what_is_not_there_is_not_found(lasting: Served, path: str) -> None:
    method = "POST" if "/" in path else "PUT"
    body = {} if path.endswith("activate") else {"reason": "x"}
    answer = lasting.call(method, f"{AT}/{path}", "controller", json=body)
    assert answer.status_code == 404


@pytest.mark.parametrize("hours", ["-5", "999999999999999999", "0.000000001"])
def test_no_due_time_breaks_a_document(hours: str) -> None:
    settings = ExceptionSettings(due_hours=Decimal(hours), every_hours=Decimal(hours))
    assert clock.stamp(clock.now() + settings.due("match", "x")) < "2200"
    assert settings.pause >= timedelta(0)


def test_every_step_is_on_the_audit_trail(served: Served) -> None:
    activate(served, propose(served, TWO_PERCENT)["version"])
    trail = served.get("/v1/audit", "auditor").get_json()["data"]
    told = [each["action"] for each in trail if each["object"] == "match/1"]
    assert told == ["control_settings_proposed", "control_settings_activated"]


def test_one_tenant_knows_nothing_of_anothers(served: Served) -> None:
    version = propose(served, TWO_PERCENT)["version"]
    path = f"{AT}/match/{version}/activate"
    assert served.call("POST", path, "admin", "other").status_code == 404
    shown = served.call("GET", f"{AT}/match", "admin", "other").get_json()
    assert (shown["version"], shown["versions"]) == (0, [])
