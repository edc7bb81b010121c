"""Lists of another system are read on from where the last time ended, every row once."""

from __future__ import annotations

from typing import Any

import pytest

from node_server.operations.pulling.schedule import Schedule
from tests.node_server.conftest import Served
from tests.node_server.reading.conftest import bill

ROWS = 8


def pulled(served: Served, **body: Any) -> dict[str, Any]:
    answer = served.post("/v1/connections/there/pull", json={"resource": "invoice", **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def numbers(served: Served) -> list[str]:
    rows = served.get("/v1/documents?kind=invoice").get_json()["data"]
    return sorted(row["number"] for row in rows)


def test_every_row_of_every_page_is_taken_in_once(joined: Any) -> None:
    served, simulator = joined(page_size=3)
    simulator.put("invoice", *(bill(n) for n in range(ROWS)))
    told = pulled(served)
    assert (told["rows"], told["actions"], told["more"]) == (ROWS, {"create": ROWS}, False)
    assert len(numbers(served)) == ROWS


def test_the_next_pull_asks_for_changes_alone(joined: Any) -> None:
    served, simulator = joined()
    simulator.put("invoice", *(bill(n) for n in range(ROWS)))
    pulled(served)
    simulator.shift(4000)
    simulator.put("invoice", bill(77))
    assert pulled(served)["actions"]["create"] == 1
    simulator.shift(4000)
    changed = simulator.put("invoice", bill(78))
    told = pulled(served)
    # Those of the last window come again, which changes nothing: no clock is quite right.
    assert told["actions"] == {"create": 1, "replay": 1}
    simulator.shift(4000)
    simulator.change("invoice", changed[0], Reference="corrected")
    assert "create" not in pulled(served)["actions"]


def test_a_row_that_was_pulled_is_traced_to_its_connection(joined: Any) -> None:
    served, simulator = joined()
    simulator.put("invoice", bill(1))
    record = pulled(served)["documents"][0]["id"]
    source = served.get(f"/v1/documents/{record}").get_json()["source"]
    assert (source["connection"], source["channel"]) == ("there", "api")


def test_a_pull_that_was_broken_off_goes_on_at_its_page(joined: Any) -> None:
    served, simulator = joined(page_size=3)
    simulator.put("invoice", *(bill(n) for n in range(ROWS)))
    first = pulled(served, pages=1)
    assert (first["rows"], first["more"]) == (3, True)
    standing = served.get("/v1/connections/there/pull").get_json()["data"]
    assert standing[0]["under_way"] is True
    rest = pulled(served)
    assert (rest["rows"], rest["actions"], rest["more"]) == (ROWS - 3, {"create": ROWS - 3}, False)


def test_a_failure_in_the_middle_costs_one_page(joined: Any) -> None:
    served, simulator = joined(page_size=3)
    simulator.put("invoice", *(bill(n) for n in range(ROWS)))
    pulled(served, pages=1)
    simulator.fail(next=["500"])
    answer = served.post("/v1/connections/there/pull", json={"resource": "invoice"})
    assert answer.status_code in (502, 503), answer.text
    assert answer.get_json()["outcome"] == "not_applied"
    pulled(served)
    assert len(numbers(served)) == ROWS


def test_a_full_pull_reads_everything_again_and_changes_nothing(joined: Any) -> None:
    served, simulator = joined()
    simulator.put("invoice", *(bill(n) for n in range(ROWS)))
    pulled(served)
    told = pulled(served, full=True)
    assert (told["rows"], told["actions"]) == (ROWS, {"replay": ROWS})


def test_a_list_that_there_is_not_is_refused_with_those_that_there_are(joined: Any) -> None:
    served, _ = joined()
    answer = served.post("/v1/connections/there/pull", json={"resource": "bills"})
    assert answer.status_code == 422
    assert "use invoice" in answer.get_json()["message"]


@pytest.mark.parametrize("joined_settings", [{"pull": {"invoice": 3600}}])
def test_a_list_of_the_settings_is_read_by_itself(joined: Any, joined_settings: Any) -> None:
    served, simulator = joined(settings=joined_settings)
    simulator.put("invoice", bill(1))
    assert Schedule(served.house).round()
    assert numbers(served) == ["B-1"]
    assert not Schedule(served.house).round(), "it is not due again"


def test_two_readers_of_one_list_do_not_get_into_each_others_way(joined: Any) -> None:
    served, simulator = joined()
    simulator.put("invoice", bill(1))
    from node_server.store import clock, pulls

    with served.house.store.writing() as transaction:
        now, until = clock.stamp(), clock.stamp(after=60)
        place = ("acme", "there", "invoice")
        assert pulls.lease(transaction, *place, lease="another", now=now, until=until)
    answer = served.post("/v1/connections/there/pull", json={"resource": "invoice"})
    assert answer.status_code == 409
    assert answer.headers["Retry-After"]
