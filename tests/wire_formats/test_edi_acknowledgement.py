"""Answers to X12 and EDIFACT inputs: what was read well is accepted, what was not is rejected."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._codecs import edifact, x12
from connectors._codecs.edifact import acknowledgement as edifact_acknowledgement
from connectors._codecs.edifact.acknowledgement import acknowledge as contrl
from connectors._codecs.x12 import acknowledgement as x12_acknowledgement

from .edi_samples import FILES, UNB, edifact_file, message, x12_file, x12_set

GOOD, OTHER = x12_set("BIG*1"), x12_set("BIG*2", number="0002")


def functional(data: bytes, kind: Any = "997") -> Any:
    """The one acknowledgement of an input, after writing and reading."""
    units = x12_acknowledgement.acknowledge(x12.decode(data), kind)
    decoded = x12.decode(x12.encode(units))
    assert decoded.notices == []
    assert len(decoded.units) == 1
    return decoded.units[0]


def test_a_good_group_is_accepted_back_to_its_sender() -> None:
    unit = functional(x12_file(GOOD))
    assert unit["AK1"] == [{"AK101": "IN", "AK102": "7"}]
    assert unit["AK2"] == [{"AK201": "810", "AK202": "0001", "AK5": [{"AK501": "A"}]}]
    assert unit["AK9"] == [{"AK901": "A", "AK902": "1", "AK903": "1", "AK904": "1"}]
    assert (unit["interchange"]["ISA06"], unit["interchange"]["ISA08"]) == ("RECEIVER", "SENDER")
    assert (unit["group"]["GS01"], unit["group"]["GS02"]) == ("FA", "RECEIVER")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SE*3*0002", "SE*4*0002", "4"),
        ("SE*3*0002", "SE*3*0009", "3"),
        ("SE*3*0002~", "", "2"),
        ("BIG*2", "big*2", "5"),
    ],
)
def test_only_the_set_with_the_fault_is_rejected(old: str, new: str, code: str) -> None:
    unit = functional(x12_file(GOOD, OTHER.replace(old, new)))
    verdicts = [answer["AK5"][0] for answer in unit["AK2"]]
    assert verdicts[0] == {"AK501": "A"}
    assert (verdicts[1]["AK501"], verdicts[1]["AK502"]) == ("R", code)
    assert (unit["AK9"][0]["AK901"], unit["AK9"][0]["AK904"]) == ("P", "1")


def test_a_group_without_a_good_set_is_rejected() -> None:
    unit = functional(x12_file(GOOD.replace("SE*3", "SE*5")))
    assert unit["AK9"] == [{"AK901": "R", "AK902": "1", "AK903": "1", "AK904": "0"}]


def test_a_wrong_group_count_is_noted() -> None:
    unit = functional(x12_file(GOOD).replace(b"GE*1", b"GE*2"))
    assert (unit["AK9"][0]["AK901"], unit["AK9"][0]["AK905"]) == ("E", "5")


def test_a_999_names_the_guides_it_answers() -> None:
    data = (FILES / "x12" / "856_ship_notice.edi").read_bytes()
    unit = functional(data, "999")
    assert unit["AK1"] == [{"AK101": "SH", "AK102": "7", "AK103": "005010"}]
    answer = {"AK201": "856", "AK202": "0007", "AK203": "005010", "IK5": [{"IK501": "A"}]}
    assert unit["AK2"] == [answer]
    assert unit["group"]["GS08"] == "005010X231A1"


def test_acknowledgements_are_not_acknowledged() -> None:
    answer = x12.encode(x12_acknowledgement.acknowledge(x12.decode(x12_file(GOOD))))
    assert x12_acknowledgement.acknowledge(x12.decode(answer)) == []
    control = edifact.encode(contrl(edifact.decode(edifact_file(message("BGM+380+1")))))
    assert contrl(edifact.decode(control)) == []


def report(data: bytes) -> Any:
    """The one CONTRL of an input, after writing and reading."""
    units = edifact_acknowledgement.acknowledge(edifact.decode(data))
    decoded = edifact.decode(edifact.encode(units))
    assert decoded.notices == []
    assert len(decoded.units) == 1
    return decoded.units[0]


def test_each_message_is_judged_on_its_own() -> None:
    bad = message("BGM+380+2", number="2").replace("UNT+3", "UNT+4")
    unit = report(edifact_file(message("BGM+380+1"), bad))
    assert unit["UCI"][0]["UCI0101"] == "42"
    assert unit["UCI"][0]["UCI0401"] == "7"
    good, rejected = unit["UCM"]
    assert (good["UCM0101"], good["UCM0201"], good["UCM0301"]) == ("1", "INVOIC", "7")
    verdict = [rejected[name] for name in ("UCM0101", "UCM0301", "UCM0401", "UCM0501")]
    assert verdict == ["2", "4", "29", "UNT"]
    sender, recipient = unit["interchange"]["UNB0201"], unit["interchange"]["UNB0301"]
    assert (sender, recipient) == ("RECEIVER", "SENDER")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("UNZ+1+42", "UNZ+2+42", "29"), ("UNZ+1+42", "UNZ+1+43", "28"), ("UNZ+1+42'", "", "13")],
)
def test_a_wrong_trailer_rejects_the_interchange(old: str, new: str, code: str) -> None:
    unit = report(edifact_file(message("BGM+380+1")).replace(old.encode(), new.encode()))
    verdict = [unit["UCI"][0][name] for name in ("UCI0401", "UCI0501", "UCI0601")]
    assert verdict == ["4", code, "UNZ"]
    assert "UCM" not in unit


def test_groups_are_answered_as_groups() -> None:
    groups = "".join(
        f"UNG+INVOIC+A+B+260131:0915+{number}+UN+D:96A'{message('BGM+380+1')}UNE+{count}+{number}'"
        for number, count in ((5, 1), (6, 2))
    )
    unit = report(f"{UNB}{groups}UNZ+2+42'".encode())
    good, rejected = unit["UCF"]
    assert (good["UCF0101"], good["UCF0401"]) == ("5", "7")
    assert good["UCM"][0]["UCM0301"] == "7"
    assert (rejected["UCF0101"], rejected["UCF0401"], rejected["UCF0501"]) == ("6", "4", "29")
