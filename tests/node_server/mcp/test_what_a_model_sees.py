"""What is cut and masked before a model gets it, and what lets an effect through."""

from __future__ import annotations

import json

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from node_server.mcp.confirming import VALID_SECONDS, Confirmations
from node_server.mcp.shortening import MOST_ITEMS, short
from tests.node_server.conftest import Served

IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    "answer",
    [
        {"id": {"scheme": "iban", "value": IBAN}},
        {"bank_accounts": [{"id": {"value": "0532013000"}}]},
        {"account_number": "0532013000"},
        {"body": json.dumps({"BankAccountNumber": "0532013000"})},
        {"body": f"<IBAN>{IBAN}</IBAN>"},
        {"note": "pay to DE89 3704 0044 0532 0130 00 please"},
    ],
)
def test_no_account_number_is_told_whole(answer: dict[str, object]) -> None:
    told = json.dumps(short(answer), ensure_ascii=False)
    assert "0532013000" not in told.replace(" ", "")
    assert "…" in told
    assert "000" in told


def test_what_is_no_account_stays_as_it_is() -> None:
    answer = {
        "number": "INV-1",
        "net": "100.00",
        "seller": {"ids": [{"scheme": "vat", "value": "1"}]},
    }
    assert short(answer) == answer


def test_long_lists_and_texts_say_how_much_is_left_out() -> None:
    told = short({"rows": list(range(MOST_ITEMS + 7)), "text": "a" * 9000})
    assert told["rows"][-1] == "… 7 more, not shown"
    assert told["text"].endswith("characters more, not shown")


def test_a_word_is_good_for_a_while() -> None:
    time = [1000.0]
    words = Confirmations(lambda: time[0])
    word = words.word("post", ["a"])
    words.demand("post", ["a"], word)
    time[0] += VALID_SECONDS + 1
    with pytest.raises(ToolError, match="too old"):
        words.demand("post", ["a"], word)


def test_a_word_of_another_process_is_none() -> None:
    with pytest.raises(ToolError, match="not the word"):
        Confirmations().demand("post", ["a"], Confirmations().word("post", ["a"]))


def test_a_call_that_names_its_tool_is_in_the_audit_trail(lasting: Served) -> None:
    for tool in ("read_it", "", "<script>"):
        lasting.get("/v1/documents", "reader", headers={"X-Counterfoil-Tool": tool})
    rows = lasting.get("/v1/audit?limit=1000").get_json()["data"]
    noted = [(row["object"], row["detail"]) for row in rows if row["action"] == "tool_called"]
    assert noted == [("read_it", "GET /v1/documents"), ("(unreadable)", "GET /v1/documents")]
