from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import mt940
from connectors.errors import CodecError
from tests.wire_formats.hostile import sample

SAMPLES = [
    sample(f"mt940/{name}") for name in ("german_pages.sta", "dutch_codewords.txt", "interim.sta")
]
TREE: dict[str, Any] = {
    "message": "MT940",
    "reference": "SIM1",
    "account": "10020030/1234567",
    "number": "5",
    "opening": {"kind": "60F", "mark": "C", "date": "2023-12-31", "currency": "EUR", "amount": "0"},
    "entries": [
        {
            "value_date": "2023-12-31",
            "entry_date": "2024-01-02",
            "mark": "C",
            "amount": "119.00",
            "type": "NTRF",
            "details": {
                "business_code": "166",
                "posting_text": "GUTSCHRIFT",
                "counterparty_bic": "BANKDEFFXXX",
                "counterparty_account": "DE02120300000000202051",
                "counterparty": "Muster Vertriebsgesellschaft mbH",
                "end_to_end": "R-2023-4711",
                "purpose": ["Rechnung 4711 vom 20. Dezember 2023 - Danke: Ihr Kunde"],
            },
        }
    ],
    "closing": {
        "kind": "62F",
        "mark": "C",
        "date": "2024-01-02",
        "currency": "EUR",
        "amount": "119.00",
    },
}


def again(tree: dict[str, Any]) -> dict[str, Any]:
    result = mt940.decode(mt940.encode([tree]))
    assert not [notice for notice in result.notices if notice.severity == "error"]
    found: dict[str, Any] = result.units[0]
    return found


@pytest.mark.parametrize("data", SAMPLES)
def test_what_was_read_is_written_and_read_alike(data: bytes) -> None:
    units = mt940.decode(data).units
    assert mt940.decode(mt940.encode(units)).units == units


def test_details_become_numbered_sub_fields() -> None:
    found = again(TREE)
    details = found["entries"][0].pop("raw_details")
    expected = copy.deepcopy(TREE)
    expected["account_parts"] = {"bank": "10020030", "number": "1234567"}
    assert found == expected
    assert details.startswith("166?00GUTSCHRIFT?20EREF+R-2023-4711?21SVWZ+Rechnung")


def test_no_line_is_longer_than_swift_allows() -> None:
    lines = mt940.encode([TREE]).decode().split("\r\n")
    assert max(len(line.removeprefix(":86:")) for line in lines) <= 65
    assert not any(line.startswith("-") for line in lines[:-2])


def test_text_alone_stays_text() -> None:
    tree = copy.deepcopy(TREE)
    tree["entries"][0]["details"] = {"purpose": ["First line", "second"]}
    assert ":86:First line\r\nsecond\r\n" in mt940.encode([tree]).decode()
    assert again(tree)["entries"][0]["details"] == tree["entries"][0]["details"]


@pytest.mark.parametrize("line", ["-", "-}", ":20:X", ":61:bad", "{1:F01}", "-XXX"])
def test_no_text_can_pass_for_a_field_or_an_end(line: str) -> None:
    tree = copy.deepcopy(TREE)
    tree["entries"][0]["raw_details"] = f"Text\n{line}\nEnd"
    result = mt940.decode(mt940.encode([tree]))
    assert len(result.units) == 1
    assert result.units[0]["entries"][0]["details"]["purpose"][-1] == "End"
    assert result.units[0]["closing"] == TREE["closing"]


@pytest.mark.parametrize("message", ["MT940", "MT941", "MT942", "MT950"])
def test_the_message_type_survives_without_blocks(message: str) -> None:
    tree = {**copy.deepcopy(TREE), "message": message}
    assert mt940.decode(mt940.encode([tree, tree])).units[1]["message"] == message


def test_a_sender_brings_swift_blocks() -> None:
    data = mt940.encode([{**TREE, "sender": "BANKDEFFXXX"}])
    assert data.startswith(b"{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{4:\r\n:20:SIM1")
    assert data.endswith(b"-}\r\n")
    assert mt940.decode(data).units[0]["sender"] == "BANKDEFF"


@pytest.mark.parametrize(
    "change",
    [
        {"opening": {"kind": "60F"}},
        {"account": None, "entries": [{"mark": "C"}]},
        {"entries": [{"mark": "C", "amount": "1,00", "value_date": "2024-01-01"}]},
        {"entries": [{"mark": "C", "amount": "1.00", "value_date": "1.1.2024"}]},
        {"entries": "none"},
    ],
)
def test_a_tree_with_gaps_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        mt940.encode([{**TREE, **change}])


def test_a_purpose_too_long_for_the_field_is_refused() -> None:
    tree = copy.deepcopy(TREE)
    tree["entries"][0]["details"]["purpose"] = ["x" * 400]
    with pytest.raises(CodecError, match="fit into field 86"):
        mt940.encode([tree])


def test_a_character_outside_the_encoding_is_refused() -> None:
    with pytest.raises(CodecError, match="UTF-8"):
        mt940.encode([{**TREE, "reference": "Ü"}], encoding="ascii")


WORDS = st.text(alphabet="abcXYZ019 ./-:+?", min_size=1, max_size=60).map(str.strip).filter(bool)
DETAILS = st.fixed_dictionaries(
    {"business_code": st.sampled_from(["166", "105"])},
    optional={
        "posting_text": st.just("TEXT"),
        "end_to_end": st.from_regex(r"[A-Z0-9]{1,35}", fullmatch=True),
        "mandate": st.from_regex(r"[A-Z0-9]{1,35}", fullmatch=True),
        "counterparty": WORDS,
        "purpose": st.lists(WORDS, min_size=1, max_size=3),
    },
)


@settings(max_examples=150, deadline=None)
@given(DETAILS, st.decimals(0, 10**9, places=2).map(str))
def test_once_written_a_tree_is_in_normal_form(details: dict[str, Any], amount: str) -> None:
    tree = copy.deepcopy(TREE)
    tree["entries"][0] |= {"details": details, "amount": amount}
    once = again(tree)
    assert once["entries"][0]["amount"] == amount
    assert again(once) == once
    del once["entries"][0]["raw_details"]
    assert again(again(once)) == again(once)
