"""Bank statements, entry by entry."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors._codecs import iso20022
from connectors._codecs.limits import Limits, Part
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated, sample

STATEMENT = sample("iso20022/statement.xml")
HEAD = STATEMENT[: STATEMENT.index(b"<Stmt>")]
TAIL = b"</BkToCstmrStmt></Document>"


def parts(data: bytes, limits: Limits | None = None) -> list[Part]:
    return list(iso20022.iter_parts(io.BytesIO(data), limits or Limits()))


def texts(element: etree._Element, path: str) -> list[str]:
    steps = [f"*[local-name()='{step}']" if step != ".." else ".." for step in path.split("/")]
    found = element.xpath("/".join(steps) + "/text()")
    assert isinstance(found, list)
    return [str(text) for text in found]


def test_each_statement_opens_gives_its_entries_and_closes() -> None:
    kinds = [part.kind for part in parts(STATEMENT)]
    assert kinds == ["open", "item", "item", "close", "open", "close"]


def test_open_holds_what_comes_before_the_first_entry() -> None:
    first, second = (part.tree for part in parts(STATEMENT) if part.kind == "open")
    assert texts(first, "Id") == ["STMT-1"]
    assert texts(first, "Acct/Id/IBAN") == ["DE89370400440532013000"]
    assert texts(first, "Bal/Tp/CdOrPrtry/Cd") == ["OPBD"]
    assert texts(second, "Acct/Id/Othr/Id") == ["4711"]


def test_close_holds_what_comes_after_the_first_entry() -> None:
    first, second = (part.tree for part in parts(STATEMENT) if part.kind == "close")
    assert texts(first, "Bal/Tp/CdOrPrtry/Cd") == ["CLBD"]
    assert texts(first, "AddtlStmtInf") == ["The balance came late"]
    assert len(second) == 0


@pytest.mark.parametrize("kind", ["open", "close"])
def test_the_group_header_is_a_sibling_of_open_and_close(kind: str) -> None:
    for part in parts(STATEMENT):
        if part.kind == kind:
            assert texts(part.tree, "../GrpHdr/MsgId") == ["MSG-1"]
            assert part.tree.getroottree().getroot().tag.endswith("}Document")


def test_an_entry_sees_its_statement_while_it_is_the_last_one_given() -> None:
    for part in iso20022.iter_parts(io.BytesIO(STATEMENT)):
        if part.kind == "item":
            assert texts(part.tree, "../Acct/Id/IBAN") == ["DE89370400440532013000"]


def test_entries_may_be_kept() -> None:
    entries = [part.tree for part in parts(STATEMENT) if part.kind == "item"]
    assert [texts(entry, "Amt") for entry in entries] == [["10.00"], ["2.50"]]


def test_a_balance_between_entries_is_delivered_at_close() -> None:
    data = HEAD + b"<Stmt><Ntry/><Bal><Amt>1</Amt></Bal><Ntry/><Ntry/></Stmt>" + TAIL
    result = parts(data)
    assert [part.kind for part in result] == ["open", "item", "item", "item", "close"]
    assert texts(result[-1].tree, "Bal/Amt") == ["1"]


@pytest.mark.parametrize(
    ("message", "statement"),
    [
        ("BkToCstmrStmt", "Stmt"),
        ("BkToCstmrStmtV01", "Stmt"),
        ("BkToCstmrAcctRpt", "Rpt"),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    ],
)
@pytest.mark.parametrize(
    ("prefix", "namespace"),
    [
        ("", ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.13"'),
        ("n:", ' xmlns:n="urn:swift:xsd:other"'),
        ("", ""),
    ],
)
def test_every_message_version_and_namespace_is_known_by_local_names(
    message: str, statement: str, prefix: str, namespace: str
) -> None:
    inner = f"<{prefix}{statement}><{prefix}Ntry/></{prefix}{statement}>"
    data = f"<{prefix}{message}{namespace}>{inner}</{prefix}{message}>".encode()
    assert [part.kind for part in parts(data)] == ["open", "item", "close"]
    assert iso20022.claims(data)


def test_elements_of_the_same_name_elsewhere_are_left_alone() -> None:
    inside = b"<Ntry><SplmtryData><Stmt><Ntry/></Stmt><GrpHdr/></SplmtryData></Ntry>"
    result = parts(HEAD + b"<Stmt><Id>1</Id>" + inside + b"</Stmt>" + TAIL)
    assert [part.kind for part in result] == ["open", "item", "close"]
    assert texts(result[-1].tree, "../GrpHdr/MsgId") == ["MSG-1"]


def test_a_message_without_statements_has_no_parts() -> None:
    assert parts(HEAD + TAIL) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_told_apart(encoding: str) -> None:
    assert len(parts(STATEMENT.decode().encode(encoding))) == 6


@pytest.mark.parametrize(
    ("said", "used", "codes"),
    [
        ("UTF-8", "utf-8", []),
        ("ISO-8859-1", "latin-1", []),
        ("windows-1252", "cp1252", []),
        ("UTF-8", "cp1252", ["wrong_encoding"]),
        ("ISO-8859-1", "utf-8", ["wrong_encoding"]),
        ("UTF-16", "utf-8", []),
    ],
)
@pytest.mark.parametrize("before", [0, 100_000])
def test_the_encoding_is_the_one_that_fits(
    said: str, used: str, codes: list[str], before: int
) -> None:
    text = STATEMENT.decode().replace("UTF-8", said).replace("STMT-1", " " * before + "Grüße")
    result = parts(text.encode(used))
    assert texts(result[0].tree, "Id")[0].strip() == "Grüße"
    assert [notice.code for part in result for notice in part.notices] == codes


@pytest.mark.parametrize("step", [1, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_chunk_boundaries_do_not_matter(step: int, encoding: str) -> None:
    data = STATEMENT.decode().replace("STMT-1", "Grüße").encode(encoding)
    result = list(iso20022.iter_parts(Trickle(data, step)))  # type: ignore[arg-type]
    assert [part.kind for part in result] == ["open", "item", "item", "close", "open", "close"]
    assert texts(result[0].tree, "Id") == ["Grüße"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_input"),
        (b"  ", "empty_input"),
        (b"hello", "not_xml"),
        (b"{}", "not_xml"),
        (b"\0\0\0", "not_xml"),
        (b"<a/>", "no_statement"),
        (b"<Stmt/>", "no_statement"),
        (b"<Document><GrpHdr/></Document>", "no_statement"),
        (b"<a>", "truncated_xml"),
        (b"<a></b>", "malformed_xml"),
        (HEAD, "truncated_xml"),
        (STATEMENT[:-20], "truncated_xml"),
        (STATEMENT[:700], "truncated_xml"),
        (STATEMENT[:701] + b"<", "malformed_xml"),
        (STATEMENT + b"<x/>", "malformed_xml"),
        (STATEMENT.replace(b"</Ntry>", b"", 1), "malformed_xml"),
        (STATEMENT.replace(b"10.00", b"10&euro;"), "malformed_xml"),
        (STATEMENT.replace(b"10.00", b"10\0"), "malformed_xml"),
        (STATEMENT.replace(b"10.00", b"10\x02"), "malformed_xml"),
        (STATEMENT.replace(b"10.00", b"10 < 11"), "malformed_xml"),
        (STATEMENT.replace(b'"urn:', b'"$urn:'), "malformed_xml"),
        (STATEMENT.replace(b'"urn:', b'"}urn:'), "malformed_xml"),
        (STATEMENT.replace(b"UTF-8", b"UTF-7"), "bad_encoding"),
        (STATEMENT.replace(b"UTF-8", b"klingon"), "bad_encoding"),
        (STATEMENT.replace(b"<Document", b"<!DOCTYPE Document []><Document"), "forbidden_dtd"),
        (STATEMENT.replace(b"<Document", b"<!DOCTYPE Document><Document"), "forbidden_dtd"),
        (STATEMENT.decode().encode("utf-16") + b"\0", "truncated_xml"),
        (b"<!-- " + b"x" * 70_000 + b" --><a/>", "malformed_xml"),
        (b"<!-- " + b"x" * 70_000 + b" --><!DOCTYPE a []><a/>", "malformed_xml"),
        (b"<?x?>" * 20_000 + b"<!DOCTYPE a []><a/>", "malformed_xml"),
        (b"<a>".rjust(70_000) + b"<!DOCTYPE a []>", "empty_input"),
        (HEAD + b"<Stmt>" + b"<a>" * 300, "too_deep"),
        (HEAD + b"<Stmt><Id>" + b"1" * 11_000_000, "too_large"),
        (b"\xff\xfe<\0a\0\0\xd8>\0", "bad_encoding"),
    ],
)
def test_malformed_streams_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        parts(data)
    assert caught.value.code == code


def test_more_entries_than_the_limit_are_refused() -> None:
    with pytest.raises(CodecError) as caught:
        parts(STATEMENT, Limits(max_items=1))
    assert (caught.value.code, caught.value.record) == ("too_many_items", 2)


@pytest.mark.parametrize(
    ("head", "claimed"),
    [(STATEMENT, True), (STATEMENT.decode().encode("utf-16"), True), (b"<Invoice/>", False)],
)
def test_claims_looks_for_the_message_element(head: bytes, claimed: bool) -> None:
    assert iso20022.claims(head[:4096]) is claimed


STREAM = """
from connectors._codecs import iso20022
class Stream:
    def __init__(self, head, item, times, tail):
        self.pieces = (piece for group in ([head], (item for _ in range(times)), [tail])
                       for piece in group)
    def read(self, size):
        return next(self.pieces, b"")
head = b"<Document><BkToCstmrStmt><GrpHdr/>"
tail = b"</BkToCstmrStmt></Document>"
"""


@pytest.mark.parametrize(
    ("stream", "count"),
    [
        ('head + b"<Stmt><Id/>", b"<Ntry><Amt>1</Amt><NtryDtls/></Ntry>" * 900, 100,'
         ' b"</Stmt>" + tail', 90_002),
        ('head, b"<Stmt><Id/><Ntry/></Stmt>" * 1000, 20, tail', 60_000),
    ],
)  # fmt: skip
def test_memory_does_not_grow_with_the_number_of_entries(stream: str, count: int) -> None:
    action = f"assert sum(1 for _ in iso20022.iter_parts(Stream({stream}))) == {count}"
    outcome = attack(STREAM, action)
    assert (outcome.code, outcome.megabytes < 20) == ("accepted", True)


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=60), mutated(STATEMENT)))
def test_any_bytes_give_parts_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        parts(data)
