"""A statement that streams gives what the same statement gives as a whole, record by record."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import connectors
from canonical_model.documents import BankStatement, BankTransactionDocument
from canonical_model.envelope import Context, Record
from connectors.errors import CodecError
from tests.golden import ROOT, samples

STATEMENTS = samples("bank/camt", "bank/mt940")


def streamed(data: bytes) -> list[Record]:
    return list(connectors.iter_records(io.BytesIO(data), context=Context(tenant="acme")))


def fields(entry: Any) -> tuple[Any, ...]:
    return entry.amount, entry.currency, entry.direction, entry.booking_date, entry.occurrence


def whole(data: bytes) -> list[Record]:
    records = connectors.map_payload(data, context=Context(tenant="acme")).records
    return [each for each in records if isinstance(each.document, BankStatement)]


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_streamed_entries_are_those_of_the_whole(path: Path) -> None:
    data = path.read_bytes()
    entries = [
        each.document
        for each in streamed(data)
        if isinstance(each.document, BankTransactionDocument)
    ]
    listed = [t for record in whole(data) for t in record.document.transactions]  # type: ignore[union-attr]
    assert [fields(entry) for entry in entries] == [fields(entry) for entry in listed]


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_statement_comes_before_its_entries_and_once_more_at_its_end(path: Path) -> None:
    data = path.read_bytes()
    ends = [each for each in streamed(data) if isinstance(each.document, BankStatement)]
    wholes = whole(data)
    assert len(ends) == 2 * len(wholes)
    for last, all_of_it in zip(ends[1::2], wholes, strict=True):
        assert last.document.balances == all_of_it.document.balances  # type: ignore[union-attr]
        assert [i for i in last.issues if i.rule == "B1"] == [
            i for i in all_of_it.issues if i.rule == "B1"
        ]


def test_an_entry_names_its_statement_and_its_account() -> None:
    data = next(p for p in STATEMENTS if "camt" in p.parts).read_bytes()
    first, *rest = streamed(data)
    entry = next(r.document for r in rest if isinstance(r.document, BankTransactionDocument))
    assert entry.statement == first.id
    assert isinstance(first.document, BankStatement)
    assert first.document.account is not None
    assert entry.account == first.document.account.id


def test_what_does_not_stream_is_mapped_as_a_whole() -> None:
    data = samples("erp/xero")[0].read_bytes()
    assert [r.content_hash for r in streamed(data)] == [
        r.content_hash for r in connectors.map_payload(data, context=Context(tenant="acme")).records
    ]


@pytest.mark.parametrize("data", [b"", b"nothing", b"{", b'{"unknown": 1}', b"\xff\xfe\x00"])
def test_what_nobody_reads_is_said(data: bytes) -> None:
    with pytest.raises(CodecError):
        streamed(data)


def test_a_stream_that_breaks_off_gives_what_came_before() -> None:
    data = next(p for p in STATEMENTS if "camt" in p.parts).read_bytes()
    head, _, rest = data.partition(b"<Ntry>")
    entry = b"<Ntry>" + rest[: rest.index(b"</Ntry>") + len(b"</Ntry>")]
    stream = connectors.iter_records(io.BytesIO(head + entry * 500 + b"<Ntry><Am"))
    assert isinstance(next(stream).document, BankStatement)
    assert isinstance(next(stream).document, BankTransactionDocument)
    with pytest.raises(CodecError):
        list(stream)
