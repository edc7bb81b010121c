"""X12, EDIFACT and NACHA as we write them, counted by others: pyx12, pydifact and achkit."""

from __future__ import annotations

import io
from typing import Any

import pytest

from connectors._codecs import x12
from connectors._codecs.x12.acknowledgement import acknowledge
from tests.test_round_trips import CASES, Case, written


def of(connector: str) -> list[Case]:
    return [case for case in CASES if case.connector == connector]


def faults(interchange: bytes) -> list[Any]:
    """What pyx12 finds wrong with envelopes, control numbers and counts."""
    reader = pytest.importorskip("pyx12.x12file").X12Reader(io.StringIO(interchange.decode()))
    found = [error for _ in reader for error in reader.pop_errors()]
    reader.cleanup()
    return [*found, *reader.pop_errors()]


@pytest.mark.parametrize("case", of("procurement/x12"), ids=str)
def test_the_counts_of_an_x12_interchange_are_right(case: Case) -> None:
    assert faults(written(case)) == []


@pytest.mark.parametrize("kind", ["997", "999"])
@pytest.mark.parametrize("case", of("procurement/x12")[:3], ids=str)
def test_the_counts_of_its_acknowledgement_are_right(case: Case, kind: Any) -> None:
    assert faults(x12.encode(acknowledge(x12.decode(written(case)), kind))) == []


def test_a_wrong_count_is_found() -> None:
    payload = written(of("procurement/x12")[0])
    assert faults(payload.replace(b"GE*1*", b"GE*2*"))


@pytest.mark.filterwarnings("ignore:segments.xml not found")
@pytest.mark.parametrize("case", of("procurement/edifact"), ids=str)
def test_the_counts_of_an_edifact_interchange_are_right(case: Case) -> None:
    parser = pytest.importorskip("pydifact.parser").Parser()
    segments = list(parser.parse(written(case).decode("latin-1")))
    tags = [segment.tag for segment in segments]
    begin, end = tags.index("UNH"), tags.index("UNT")
    assert segments[end].elements == [str(end - begin + 1), segments[begin].elements[0]]
    assert segments[-1].elements == ["1", segments[tags.index("UNB")].elements[4]]


@pytest.mark.parametrize("case", of("bank/nacha"), ids=str)
def test_a_nacha_file_is_whole(case: Case) -> None:
    judge = pytest.importorskip("achkit").validate
    assert judge(written(case).decode()) == {"ok": True, "errors": []}
