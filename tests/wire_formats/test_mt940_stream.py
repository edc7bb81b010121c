from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import mt940
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated, sample

SAMPLES = [
    sample(f"mt940/{name}") for name in ("german_pages.sta", "dutch_codewords.txt", "interim.sta")
]
PAGES = SAMPLES[0]
HEAD = PAGES.partition(b":61:")[0]


def parts_as_units(stream: Any) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = []
    for part in mt940.iter_parts(stream):
        if part.kind == "open":
            units.append({**part.tree, "entries": []})
        elif part.kind == "item":
            units[-1]["entries"].append(part.tree)
        else:
            units[-1].update(part.tree)
    return units


@pytest.mark.parametrize("data", SAMPLES)
@pytest.mark.parametrize("step", [1, 7, 4096])
def test_the_parts_of_a_stream_make_the_units_of_the_file(data: bytes, step: int) -> None:
    assert parts_as_units(Trickle(data, step)) == mt940.decode(data).units


def test_a_long_stream_is_handed_out_as_it_comes() -> None:
    line = b":61:2401020102C1,00NTRFNONREF\r\n:86:TEXT\r\n"
    stream = io.BytesIO(HEAD + line * 40_000)
    parts = mt940.iter_parts(stream)
    assert [next(parts).kind for _ in range(3)] == ["open", "item", "item"]
    assert stream.tell() < 2_000_000


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (PAGES, Limits(max_bytes=100)),
        (PAGES, Limits(max_items=5)),
        (HEAD + b":86:" + b"x" * 900, Limits(max_line=500)),
    ],
)
def test_limits_are_kept(data: bytes, limits: Limits) -> None:
    with pytest.raises(CodecError, match=r"split|break"):
        mt940.decode(data, limits)


@pytest.mark.parametrize("body", ["b'x' * (200 << 20)", "b':20:' + b'\\n:' * (40 << 20)"])
def test_an_endless_line_costs_neither_time_nor_memory(body: str) -> None:
    outcome = attack(f"from connectors._codecs import mt940\ndata = {body}", "mt940.decode(data)")
    assert outcome.code == "too_large"
    assert outcome.seconds < 2
    assert outcome.megabytes < 300


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), *(mutated(data) for data in SAMPLES)))
def test_any_bytes_give_units_or_a_codec_error(data: bytes) -> None:
    try:
        result = mt940.decode(data)
    except CodecError:
        return
    assert all("message" in unit for unit in result.units)
    assert parts_as_units(io.BytesIO(data))
