"""Crosswalks of a connection: put in, proposed, confirmed, and binding for what is posted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.node_server.posting.conftest import Desk
from tests.node_server.posting.conftest import desk as desk
from tests.node_server.posting.conftest import settings as settings


def here(desk: Desk, place: str = "crosswalks") -> str:
    return f"/v1/connections/{desk.connection}/{place}"


def put(desk: Desk, kind: str, **rows: str) -> None:
    given = {"rows": [{"value": value, "target": target} for value, target in rows.items()]}
    answer = desk.served.call("PUT", here(desk) + f"/{kind}", json=given)
    assert answer.status_code == 200, answer.text


def rows(desk: Desk, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.served.get(here(desk) + f"/{kind}").get_json()["data"]
    return found


def test_what_a_begun_table_does_not_know_is_held_before_anything_is_sent(desk: Any) -> None:
    books = desk("erp/quickbooks")
    put(books, "supplier", **{"name:somebody else": "7"})
    books.post(books.invoice())
    assert books.row["state"] == "held"
    assert "supplier_unmapped" in books.row["why"]
    assert books.target.objects("bill") == []


def test_what_is_sent_says_it_as_the_target_does(desk: Any) -> None:
    books = desk("erp/quickbooks")
    put(books, "supplier", **{"name:supplier 1 gmbh": "56"})
    record = books.invoice()
    previewed = books.served.post(
        here(books, "post"), json={"document": record, "dry_run": True}
    ).get_json()
    assert '"VendorRef":{"value":"56"' in str(previewed["request"]["body"]).replace(" ", "")


def test_a_csv_goes_in_and_comes_out_the_same(desk: Any, cli: Any, tmp_path: Path) -> None:
    books = desk("erp/quickbooks")
    data = books.served.house.settings.data
    table = tmp_path / "accounts.csv"
    table.write_text("value,target,label\n4400,acc-9,Office\n4410,acc-10,\n", "utf-8")
    if books.served.house.settings.database_url:
        pytest.skip("the command line reads its own settings; the embedded store is enough")
    options = ("--data", data, "--tenant", "acme")
    done = cli("crosswalk", "put", books.connection, "account", str(table), *options)
    assert done.exit_code == 0, done.stderr
    again = cli("crosswalk", "get", books.connection, "account", *options)
    assert again.stdout == table.read_text("utf-8")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a,b\n1,2\n", "the columns are a, b"),
        (b"value,target\n4400,\n", "line 2 has no target"),
        (b"value,target\n\xff,1\n", "UTF-8"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(data: bytes, found: str) -> None:
    from node_server.errors import Refusal
    from node_server.operations.crosswalking.walks import from_csv

    with pytest.raises(Refusal, match=found):
        list(from_csv(data))


def test_a_proposal_is_used_only_when_somebody_has_agreed(desk: Any) -> None:
    books = desk("erp/quickbooks")
    made = books.target.put("vendor", {"DisplayName": "Supplier-1 GmbH"}, {"DisplayName": "Other"})
    there = books.served.post(here(books, "masters")).get_json()
    assert there["supplier"] == 2
    record = books.invoice()
    proposed = books.served.post(here(books, "suggestions")).get_json()
    assert proposed["supplier"] == 1
    (row,) = rows(books, "supplier")
    assert (row["state"], row["target"], row["value"]) == (
        "proposed", made[0], "name:supplier 1 gmbh",
    )  # fmt: skip
    used = books.served.get(here(books)).get_json()["data"]
    assert next(each for each in used if each["kind"] == "supplier")["rows"] == 0
    books.served.post(here(books) + "/supplier/confirm", json={"value": row["value"]})
    books.post(record)
    assert books.row["state"] != "held"
    assert f'"value":"{made[0]}"' in books.row["body"].decode().replace(" ", "")


def test_nothing_is_proposed_for_what_is_like_nothing(desk: Any) -> None:
    books = desk("erp/quickbooks")
    books.target.put("vendor", {"DisplayName": "Quite another company"})
    books.served.post(here(books, "masters"))
    books.invoice()
    assert books.served.post(here(books, "suggestions")).get_json()["supplier"] == 0


def test_a_row_that_is_taken_out_is_gone(desk: Any) -> None:
    books = desk("erp/quickbooks")
    put(books, "account", **{"4400": "9"})
    gone = books.served.call("DELETE", here(books) + "/account?value=4400")
    assert gone.status_code == 204
    assert rows(books, "account") == []
    assert books.served.call("DELETE", here(books) + "/account?value=4400").status_code == 404


def test_a_table_that_there_is_not_is_not_found(desk: Any) -> None:
    books = desk("erp/quickbooks")
    assert books.served.get(here(books) + "/colour").status_code == 404


def answers(desk: Desk, record: str, **more: Any) -> dict[str, bool | None]:
    told = desk.served.post(here(desk, "check"), json={"document": record, **more})
    assert told.status_code == 200, told.text
    assert all(each["as_of"] and each["message"] for each in told.get_json()["checks"])
    return {each["check"]: each["ok"] for each in told.get_json()["checks"]}


def test_a_target_is_asked_before_anything_is_sent(desk: Any) -> None:
    books = desk("erp/quickbooks")
    record = books.invoice()
    assert answers(books, record) == {"period": True}
    put(books, "supplier", **{"name:supplier 1 gmbh": "56"})
    books.target.put("vendor", {"DisplayName": "Another"})
    assert answers(books, record, live=True)["supplier"] is False
    (known,) = books.target.put("vendor", {"DisplayName": "Supplier 1"})
    put(books, "supplier", **{"name:supplier 1 gmbh": known})
    assert answers(books, record)["supplier"] is False, "as old as the list that was read"
    assert answers(books, record, live=True)["supplier"] is True
    assert books.target.objects("bill") == []


def test_a_closed_period_is_told(desk: Any) -> None:
    books = desk("erp/quickbooks", connect=False)
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-31T23:59:59Z"}
    books.connect(calendar={"closed": [span]})
    assert answers(books, books.invoice())["period"] is False


def test_an_order_that_was_not_taken_in_is_not_known(desk: Any) -> None:
    books = desk("erp/quickbooks")
    record = books.invoice(refs=[{"role": "order", "number": "PO-1"}])
    assert answers(books, record)["order"] is None
