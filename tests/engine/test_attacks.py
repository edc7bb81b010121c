"""What is meant to exhaust us is refused on the whole road, not only by the codec that meets it."""

from __future__ import annotations

import pytest

from tests.wire_formats.hostile import attack

LAUGHS = "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 12))
SETUP = """
import connectors, io, zipfile
connectors.map_payload(b"{}")
def packed(size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * size)
    return file.getvalue()
def mapped(data):
    for name, payload in connectors.unpack(data, "attack"):
        found = connectors.map_payload(payload)
        assert not found.records
        raise CodecError(found.issues[0].code, "")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "payload",
    [
        f"""b"<!DOCTYPE a [<!ENTITY b0 'ha'>{LAUGHS}]><a>&b11;</a>" """,
        "b\"<!DOCTYPE a [<!ENTITY b '\" + b'x' * 50_000 + b\"'>]><a>\" + b'&b;' * 50_000 + b'</a>'",
        "b\"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>\"",
        "b\"<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='file:///etc/x'/></a>\"",
        "\"<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>\".encode('utf-16')",
        "b'<a>' * 10_000 + b'</a>' * 10_000",
        "b'[' * 10_000 + b']' * 10_000",
        "b'{\"a\":' * 10_000 + b'1' + b'}' * 10_000",
        "packed(400_000_000)",
        "b'x' * 200_000_000",
        "b'{\"a\": \"' + b'x' * 200_000_000",
        "b':20:' + b'x' * 200_000_000",
        "b'ISA*00*' + b'x' * 200_000_000",
        "b'\\0' * 50_000_000",
    ],
    ids=[
        *("billion laughs", "quadratic", "external entity", "xinclude", "utf-16 dtd", "deep xml"),
        *("deep list", "deep object", "zip bomb", "one line", "one json text", "one field"),
        *("one segment", "nuls"),
    ],
)
def test_an_attack_ends_in_a_refusal_within_seconds_and_little_memory(payload: str) -> None:
    outcome = attack(f"{SETUP}\ndata = {payload}", "mapped(data)")
    assert outcome.code not in ("accepted", "unclaimed", "no_documents"), outcome
    assert outcome.seconds < 2
    assert outcome.megabytes < 300
