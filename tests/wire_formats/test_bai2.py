from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import bai2
from connectors._codecs.bai2.type_codes import direction_of, type_codes
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated, sample

DATA = sample("bai2/two_groups.bai")


def file(*records: str, total: int = 0, count: int = 0, currency: str = "USD") -> bytes:
    """One account with these records, whose own number is added to `count`."""
    lines = len(records)
    account = ["03,1,,/", *records, f"49,{total},{lines + 2 + count}/"]
    group = [f"02,R,S,1,240101,0000,{currency},2/", *account, f"98,{total},1,{lines + 4 + count}/"]
    return "\n".join(
        ["01,S,R,240101,0000,1,,,2/", *group, f"99,{total},1,{lines + 6 + count}/"]
    ).encode()


def entry(*records: str, total: int = 0, currency: str = "USD") -> dict[str, Any]:
    result = bai2.decode(file(*records, total=total, currency=currency))
    assert [notice for notice in result.notices if notice.severity == "error"] == []
    found: dict[str, Any] = result.units[0]["entries"][0]
    return found


def test_every_account_of_every_group_is_a_unit() -> None:
    result = bai2.decode(DATA)
    assert result.notices == []
    assert [(unit["account"], unit["currency"]) for unit in result.units] == [
        ("000123456789", "USD"),
        ("000987654321", "JPY"),
        ("DE89370400440532013000", "EUR"),
    ]
    assert result.units[0]["group"] is result.units[1]["group"]


def test_headers_come_with_iso_dates_and_the_end_of_the_day_as_24() -> None:
    unit = bai2.decode(DATA).units[0]
    assert unit["file"]["file_date"] == "2024-01-12"
    assert unit["file"]["file_time"] == "07:30"
    assert (unit["group"]["as_of_date"], unit["group"]["as_of_time"]) == ("2024-01-11", "24:00")
    assert bai2.decode(DATA).units[2]["group"]["as_of_time"] == "24:00"


def test_summaries_go_on_in_continuations() -> None:
    found = bai2.decode(DATA).units[0]["summaries"]
    assert [(s["type"], s["amount"]) for s in found] == [
        ("010", "10000.00"),
        ("015", "11300.00"),
        ("100", "1800.00"),
        ("400", "500.00"),
        ("072", "0.00"),
    ]
    assert (found[2]["direction"], found[2]["count"]) == ("credit", "2")
    assert [a["amount"] for a in found[2]["funds"]["availability"]] == [
        "1000.00",
        "500.00",
        "300.00",
    ]


def test_the_exponent_of_the_currency_places_the_point() -> None:
    units = bai2.decode(DATA).units
    assert units[1]["summaries"][0]["amount"] == "5000"
    assert units[2]["summaries"][0] | {} == {
        "type": "015",
        "type_name": "Closing ledger",
        "raw_amount": "-2550",
        "amount": "-25.50",
    }
    assert entry("16,165,5,,,/", total=5, currency="KWD")["amount"] == "0.005"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["16,165,150,Z,B,C,/"], {"funds_type": "Z", "bank_ref": "B", "customer_ref": "C"}),
        (["16,165,150,,,,A, B/C"], {"text": ["A, B/C"]}),
        (["16,165,150,,,/", "88,A", "88,B/"], {"text": ["A", "B"]}),
        (["16,165,150,V,240102,,B,C,T"], {"funds": {"value_date": "2024-01-02"}, "text": ["T"]}),
        (
            ["16,165,150,V,240102,2400,,/"],
            {"funds": {"value_date": "2024-01-02", "value_time": "24:00"}},
        ),
        (["16,165,150,S,150,,0,B,,/"], {"bank_ref": "B", "funds_type": "S"}),
        (["16,165,150,D,1,3,150,B,C,T"], {"bank_ref": "B", "customer_ref": "C", "text": ["T"]}),
        (
            ["16,165,150,D,2,0,100/", "88,1,50,B,C,T"],
            {"bank_ref": "B", "customer_ref": "C", "text": ["T"]},
        ),
        (["16,165,150/", "88,PAYMENT TEXT"], {"text": ["PAYMENT TEXT"]}),
        (["16,165,150/", "88,0,B,C,T"], {"funds_type": "0", "bank_ref": "B", "text": ["T"]}),
        (["16,165,150,1,B,C,no terminator"], {"text": ["no terminator"]}),
        (["16,165,150"], {"amount": "1.50"}),
    ],
)
def test_a_detail_in_its_variants(records: list[str], expected: dict[str, Any]) -> None:
    found = entry(*records, total=150)
    assert found["amount"] == "1.50"
    assert found["direction"] == "credit"
    assert {key: found.get(key) for key in expected} | expected == {
        key: found.get(key) for key in expected
    }


def test_the_days_of_distributed_funds_stay_with_their_amounts() -> None:
    found = bai2.decode(DATA).units[0]["entries"][0]["funds"]["availability"]
    assert [(a["days"], a["amount"]) for a in found] == [("0", "1000.00"), ("1", "500.00")]


def test_a_trailer_with_a_blank_total_is_no_fault() -> None:
    assert bai2.decode(file().replace(b"49,0,", b"49,,")).notices == []


def test_without_any_currency_it_is_the_dollar() -> None:
    assert bai2.decode(file(currency="")).units[0]["currency"] == "USD"


def test_counts_without_continuations_are_accepted() -> None:
    assert bai2.decode(file("16,165,1,,,/", "88,A", total=1, count=-1)).notices == []


@pytest.mark.parametrize("width", [80, 64])
def test_padded_records_need_no_line_ends(width: int) -> None:
    lines = DATA.decode().replace(",80,10,2/", f",{width},10,2/").splitlines()
    cut = [part for line in lines for part in _fitted(line, width)]
    expected = bai2.decode(DATA).units
    for found, unit in zip(bai2.decode("".join(cut).encode()).units, expected, strict=True):
        assert (found["account"], found["summaries"]) == (unit["account"], unit["summaries"])
        assert [e.get("bank_ref") for e in found["entries"]] == [
            e.get("bank_ref") for e in unit["entries"]
        ]


def _fitted(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line.ljust(width)]
    head = line[:width].rpartition(",")[0]
    return [f"{head}/".ljust(width)[:width], *_fitted("88," + line[len(head) + 1 :], width)]


def test_records_may_share_a_line() -> None:
    text = DATA.decode().replace("2/\n02", "2/02").encode()
    assert bai2.decode(text).units[2] == bai2.decode(DATA).units[2]


@pytest.mark.parametrize("end", ["\r\n", "\r", "  \n", "\n\n"])
def test_line_ends_and_padding_change_nothing(end: str) -> None:
    assert bai2.decode(DATA.replace(b"\n", end.encode())).units == bai2.decode(DATA).units


@pytest.mark.parametrize(
    ("code", "side"),
    [("010", ""), ("165", "credit"), ("475", "debit"), ("399", "credit"), ("110", "credit"),
     ("721", "credit"), ("760", "debit"), ("890", ""), ("930", "credit"), ("970", "debit"),
     ("905", ""), ("199", "credit"), ("6", ""), ("x", "")],
)  # fmt: skip
def test_the_type_code_gives_the_side(code: str, side: str) -> None:
    assert direction_of(code) == side


def test_the_table_of_type_codes_is_consistent() -> None:
    codes = type_codes()
    assert len(codes) == 484
    for code, row in codes.items():
        assert len(code) == 3
        assert row.level in ("status", "summary", "detail")
        if "100" <= code <= "699":
            assert row.direction == ("credit" if code < "400" else "debit")


BAD = [
    (file("16,165,1,,,/"), "control_total_mismatch", "error"),
    (file(count=3), "record_count_mismatch", "error"),
    (file().replace(b"98,0,1,", b"98,0,2,"), "count_mismatch", "error"),
    (file().replace(b"99,0,1,", b"99,0,3,"), "count_mismatch", "error"),
    (file().replace(b"99,0,", b"99,7,"), "control_total_mismatch", "error"),
    (file().replace(b"98,0,", b"98,x,"), "control_total_mismatch", "error"),
    (file().replace(b"49,0,2/\n", b""), "missing_trailer", "error"),
    (file().replace(b"98,0,1,4/\n", b""), "missing_trailer", "error"),
    (file().partition(b"99,")[0], "truncated", "error"),
    (file().partition(b"49,")[0], "truncated", "error"),
    (file() + b"\n" + file().replace(b"99,0,1,6/", b""), "truncated", "error"),
    (file().partition(b"99,")[0] + file(), "missing_trailer", "error"),
    (file().partition(b"\n")[2], "no_file_header", "error"),
    (file().replace(b"02,R,S,1,240101,0000,USD,2/\n", b""), "no_group_header", "error"),
    (file().replace(b"03,1,,/", b"03,,,/"), "no_account", "error"),
    (file().replace(b"03,1,,/\n", b""), "stray_record", "error"),
    (file().replace(b"02,R", b"16,165,1,,,/\n02,R"), "stray_record", "error"),
    (file("16,165,one,,,/"), "bad_amount", "error"),
    (file("16,165,1.5,,,/", total=150), "decimal_amount", "warning"),
    (file("16,165,1,Q,,,/", total=1), "bad_funds_type", "warning"),
    (file("16,165,1,V,249901,,,,/", total=1), "bad_date", "warning"),
    (file("16,165,1,V,240101,2561,,,/", total=1), "bad_time", "warning"),
    (file().replace(b"01,S,R,240101", b"01,S,R,2401"), "bad_date", "warning"),
    (file().replace(b",,,2/\n02", b",,,3/\n02"), "bad_version", "warning"),
    (file("17,165,1"), "stray_line", "warning"),
    (b"98,0,0,1/\n" + file(), "stray_record", "error"),
    (file().replace(b"03,1,,/", b"03,1,,010,x,,/"), "bad_amount", "error"),
]


@pytest.mark.parametrize(("data", "code", "severity"), BAD)
def test_what_is_wrong_is_told_with_its_line(data: bytes, code: str, severity: str) -> None:
    notices = bai2.decode(data).notices
    assert (code, severity) in {(notice.code, notice.severity) for notice in notices}
    assert all(notice.where.startswith("line ") for notice in notices)


@pytest.mark.parametrize("data", [b"", b"\n", b"101 0760", b":20:X", b"a,b\n1,2", b"49,0,2/\n"])
def test_other_bytes_are_refused(data: bytes) -> None:
    assert not bai2.claims(data)
    with pytest.raises(CodecError, match="BAI2 file"):
        bai2.decode(data)


def test_a_file_is_claimed_by_its_first_record() -> None:
    assert bai2.claims(DATA)
    assert bai2.claims(b"\xef\xbb\xbf\r\n" + DATA)


@pytest.mark.parametrize("step", [1, 13, 4096])
def test_the_parts_of_a_stream_make_the_units_of_the_file(step: int) -> None:
    assert _units(Trickle(DATA, step)) == bai2.decode(DATA).units


def _units(stream: Any) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = []
    for part in bai2.iter_parts(stream):
        if part.kind == "open":
            units.append({**part.tree, "entries": []})
        elif part.kind == "item":
            units[-1]["entries"].append(part.tree)
        else:
            units[-1].update(part.tree)
    return units


@pytest.mark.parametrize("limits", [Limits(max_bytes=99), Limits(max_items=5), Limits(max_line=40)])
def test_limits_are_kept(limits: Limits) -> None:
    with pytest.raises(CodecError, match=r"split|break"):
        bai2.decode(DATA, limits)


def test_an_endless_line_costs_neither_time_nor_memory() -> None:
    setup = "from connectors._codecs import bai2\ndata = b'01,' * (70 << 20)"
    outcome = attack(setup, "bai2.decode(data)")
    assert (outcome.code, outcome.seconds < 2, outcome.megabytes < 300) == ("too_large", True, True)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), mutated(DATA)))
def test_any_bytes_give_units_or_a_codec_error(data: bytes) -> None:
    try:
        bai2.decode(data)
    except CodecError:
        return
    _units(io.BytesIO(data))
