"""Invoices inside PDF files."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import pdf
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import attack, mutated, sample

pikepdf = pytest.importorskip("pikepdf")

CII = b"<n:CrossIndustryInvoice xmlns:n='urn:un:unece'><a/></n:CrossIndustryInvoice>"
UBL = sample("xml_tree/invoice_ubl.xml")
OTHER = b"<Delivery/>"


def made(files: dict[str, bytes], *, way: str = "names", **saved: Any) -> bytes:
    """A PDF with these attachments, listed in the name tree, a deep one, or /AF alone."""
    document = pikepdf.new()
    document.add_blank_page()
    specifications = []
    for name, content in files.items():
        stream = document.make_stream(content)
        specification = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, UF=name, F=name, EF=pikepdf.Dictionary(F=stream)
        )
        specifications.append((name, document.make_indirect(specification)))
    if way == "associated":
        document.Root.AF = pikepdf.Array([each for _, each in specifications])
    else:
        pairs = pikepdf.Array([part for pair in specifications for part in pair])
        tree = pikepdf.Dictionary(Names=pairs)
        if way == "deep":
            kid = document.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array([tree])))
            tree = pikepdf.Dictionary(Kids=pikepdf.Array([kid]))
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)
    out = io.BytesIO()
    document.save(out, static_id=True, **saved)
    return out.getvalue()


def circular() -> bytes:
    document = pikepdf.new()
    tree = document.make_indirect(pikepdf.Dictionary())
    tree.Kids = pikepdf.Array([tree, tree])
    document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def locked(password: str) -> bytes:
    return made({"factur-x.xml": CII}, encryption=pikepdf.Encryption(user=password, owner="o"))


FACTUR_X = made({"factur-x.xml": CII})


@pytest.mark.parametrize("way", ["names", "deep", "associated"])
@pytest.mark.parametrize(
    "name",
    [
        "factur-x.xml",
        "Factur-X.XML",
        "ZUGFeRD-invoice.xml",
        "zugferd-invoice.xml",
        "xrechnung.xml",
        "order-x.xml",
        "C:\\temp\\factur-x.xml",
    ],
)
def test_prescribed_names_are_found_in_any_case_and_list(name: str, way: str) -> None:
    decoded = pdf.decode(made({"z.xml": UBL, name: CII}, way=way))
    assert [root.tag.rpartition("}")[2] for root in decoded.units] == ["CrossIndustryInvoice"]
    assert decoded.notices == []


def test_other_names_count_when_the_root_is_known() -> None:
    files = {"data.xml": OTHER, "notes.txt": UBL, "Rechnung.xml": UBL}
    assert pdf.attachments(made(files)) == [("Rechnung.xml", UBL)]


def test_a_file_listed_twice_is_one_document() -> None:
    document = pikepdf.open(io.BytesIO(FACTUR_X))
    document.Root.AF = pikepdf.Array([document.Root.Names.EmbeddedFiles.Names[1]])
    out = io.BytesIO()
    document.save(out)
    assert len(pdf.decode(out.getvalue()).units) == 1


def test_streams_give_the_same() -> None:
    assert [e.tag for e in pdf.iter_units(io.BytesIO(FACTUR_X))] == [
        pdf.decode(FACTUR_X).units[0].tag
    ]


@pytest.mark.parametrize("saved", [{"object_stream_mode": 2}, {"linearize": True}])
def test_compressed_and_linearised_files_are_read(saved: dict[str, Any]) -> None:
    if "object_stream_mode" in saved:
        saved = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    assert pdf.attachments(made({"factur-x.xml": CII}, **saved)) == [("factur-x.xml", CII)]


def test_a_pdf_locked_only_against_changes_is_read() -> None:
    assert pdf.attachments(locked("")) == [("factur-x.xml", CII)]


def test_a_damaged_pdf_is_read_as_far_as_it_goes_and_said_so() -> None:
    decoded = pdf.decode(FACTUR_X[: FACTUR_X.rindex(b"xref")])
    assert len(decoded.units) == 1
    assert [notice.code for notice in decoded.notices] == ["damaged_pdf"]


def test_the_encoding_and_notices_of_the_xml_are_handed_on() -> None:
    document = '<?xml version="1.0" encoding="UTF-8"?><Invoice>ü</Invoice>'.encode("latin-1")
    decoded = pdf.decode(made({"factur-x.xml": document}))
    assert decoded.encoding == "cp1252"
    assert [notice.code for notice in decoded.notices] == ["wrong_encoding"]


def odd(attach: str) -> bytes:
    """A PDF whose catalogue holds this instead of proper attachments."""
    document = pikepdf.new()
    document.add_blank_page()
    for key, value in pikepdf.Object.parse(attach.encode()).items():
        document.Root[key] = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


MALFORMED = [
    (b"", "empty_input"),
    (b" \n", "empty_input"),
    (b"hello", "not_pdf"),
    (b"<a/>", "not_pdf"),
    (b"\0" * 2000 + b"%PDF-1.7", "not_pdf"),
    (b"%PDF-1.7", "broken_pdf"),
    (b"%PDF-1.7\n" + b"\xff" * 5000, "broken_pdf"),
    (b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF", "broken_pdf"),
    (b"%PDF-1.7\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF", "broken_pdf"),
    (FACTUR_X[:200], "broken_pdf"),
    (FACTUR_X.replace(b"/Root", b"/Rooo"), "broken_pdf"),
    (locked("secret"), "encrypted"),
    (circular(), "broken_pdf"),
    (made({}), "no_embedded_document"),
    (made({"notes.txt": b"x"}), "no_embedded_document"),
    (made({"data.xml": OTHER}), "no_embedded_document"),
    (made({"data.xml": b""}), "no_embedded_document"),
    (made({"data.xml": b"\0\xff"}), "no_embedded_document"),
    (odd("<< /Names 7 >>"), "no_embedded_document"),
    (odd("<< /Names << /EmbeddedFiles 7 >> >>"), "no_embedded_document"),
    (odd("<< /Names << /EmbeddedFiles << /Names 7 /Kids 7 >> >> >>"), "no_embedded_document"),
    (odd("<< /Names << /EmbeddedFiles << /Names [(a)] >> >> >>"), "no_embedded_document"),
    (odd("<< /Names << /EmbeddedFiles << /Names [(a) (b)] >> >> >>"), "no_embedded_document"),
    (odd("<< /Names << /EmbeddedFiles << /Kids [7] >> >> >>"), "no_embedded_document"),
    (odd("<< /AF 7 >>"), "no_embedded_document"),
    (odd("<< /AF [7 << >> << /F (a.xml) >> << /F 7 /EF 7 >>] >>"), "no_embedded_document"),
    (odd("<< /AF [<< /F (factur-x.xml) /EF << /F 7 >> >>] >>"), "no_embedded_document"),
    (made({"factur-x.xml": b""}), "empty_input"),
    (made({"factur-x.xml": b"hello"}), "not_xml"),
    (made({"factur-x.xml": CII[:-9]}), "truncated_xml"),
    (made({"factur-x.xml": b"<!DOCTYPE a []>" + CII}), "forbidden_dtd"),
]


@pytest.mark.parametrize(("data", "code"), MALFORMED)
def test_what_holds_no_document_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        pdf.decode(data)
    assert caught.value.code == code
    assert "; " in caught.value.message


@pytest.mark.parametrize("limit", [20, 3000])
def test_limits_hold(limit: int) -> None:
    data = made({"factur-x.xml": b"<a>" + b"x" * 100_000 + b"</a>"})
    with pytest.raises(CodecError) as caught:
        pdf.decode(data, Limits(max_bytes=limit))
    assert caught.value.code == "too_large"


def test_without_pikepdf_the_answer_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    monkeypatch.delitem(sys.modules, "connectors._codecs.pdf.embedded", raising=False)
    monkeypatch.delattr("connectors._codecs.pdf.embedded", raising=False)
    with pytest.raises(CodecError, match="pip install") as caught:
        pdf.decode(FACTUR_X)
    assert (caught.value.code, caught.value.hint) == (
        "needs_extra",
        'pip install "counterfoil[pdf]"',
    )


BOMB = """
import io, pikepdf, zlib
from connectors._codecs import pdf
packer = zlib.compressobj(9)
packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(200)) + packer.flush()
document = pikepdf.new()
stream = document.make_stream(packed)
stream.Filter = pikepdf.Name.FlateDecode
file = pikepdf.Dictionary(F="factur-x.xml", EF=pikepdf.Dictionary(F=stream))
document.Root.AF = pikepdf.Array([document.make_indirect(file)])
out = io.BytesIO()
document.save(out, compress_streams=False)
data = out.getvalue()
"""


def test_a_bomb_in_an_attachment_is_refused_quickly() -> None:
    outcome = attack(BOMB, "pdf.decode(data)")
    assert outcome.code == "broken_pdf"
    assert outcome.seconds < 2
    assert outcome.megabytes < 300


@pytest.mark.parametrize(
    ("head", "claimed"),
    [(FACTUR_X, True), (b"junk\n%PDF-1.4", True), (b"PDF", False), (b"", False)],
)
def test_claims_looks_for_the_header(head: bytes, claimed: bool) -> None:
    assert pdf.claims(head[:4096]) is claimed


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=60).map(b"%PDF-1.7\n".__add__), mutated(FACTUR_X)))
def test_any_bytes_give_documents_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        pdf.decode(data)
