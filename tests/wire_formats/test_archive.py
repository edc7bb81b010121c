"""Containers and what they must not do."""

from __future__ import annotations

import gzip
import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import archive
from connectors._codecs.archive import Member
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated

FILES = {"a.xml": b"<a/>", "sub/b.json": b"{}"}
MEMBERS = [Member("a.xml", b"<a/>"), Member("sub/b.json", b"{}")]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as target, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two files of one name
        for name, data in files.items():
            target.writestr(name, data)
    return packed.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as target:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            target.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(FILES))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def odd_tar(kind: bytes, **fields: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as target:
        info = tarfile.TarInfo("x")
        info.type = kind
        info.linkname = fields.get("link", "")
        target.addfile(info)
        target.addfile(tarfile.TarInfo("kept"), io.BytesIO())
    return packed.getvalue()


def names(data: bytes, name: str = "") -> list[str]:
    return [member.name for member in archive.decode(data, name=name).units]


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda files: gzip.compress(tarred(files))], ids=["zip", "tar", "tgz"]
)
def test_every_container_gives_its_files_in_order(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    assert archive.decode(pack(FILES)).units == MEMBERS


def test_a_stored_zip_and_an_odd_prefix_are_read() -> None:
    assert archive.decode(zipped(FILES, zipfile.ZIP_STORED)).units == MEMBERS


def test_gzip_gives_the_file_under_its_name_without_the_ending() -> None:
    packed = gzip.compress(b"<a/>") + gzip.compress(b"<!-- -->")
    assert archive.decode(packed, name="a.xml.GZ").units == [Member("a.xml", b"<a/><!-- -->")]


@pytest.mark.parametrize("data", [b"", b"<a/>", b"PK", b"\x1f", b"ISA*00*" + b"x" * 600])
def test_any_other_file_is_its_own_member(data: bytes) -> None:
    assert archive.decode(data, name="x").units == [Member("x", data)]


def test_nested_containers_are_opened_and_named() -> None:
    inner = zipped({"b.xml": b"<b/>", "c.tgz": gzip.compress(tarred({"d.xml": b"<d/>"}))})
    assert names(zipped({"a.zip": inner, "e.xml": b"<e/>"})) == [
        "a.zip/b.xml",
        "a.zip/c.tar/d.xml",
        "e.xml",
    ]


def test_what_desktops_leave_behind_is_skipped() -> None:
    junk = ["__MACOSX/._a.xml", "._a.xml", "x/.DS_Store", "Thumbs.db", "desktop.ini", "folder/"]
    assert names(zipped(dict.fromkeys(junk, b"x") | {"a.xml": b"<a/>"})) == ["a.xml"]


@pytest.mark.parametrize(
    "kind", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]
)
def test_folders_links_and_devices_are_skipped(kind: bytes) -> None:
    assert names(odd_tar(kind, link="/etc/passwd")) == ["kept"]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("name", ["d/" * 60 + "long.xml", "short.xml"])
def test_long_names_are_read_in_every_tar_dialect(form: int, name: str) -> None:
    assert names(tarred({name: b"x"}, form)) == [name]


def test_a_non_ascii_name_of_a_pax_header_is_read() -> None:
    assert names(tarred({"Kontoauszüge.xml": b"x"})) == ["Kontoauszüge.xml"]


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "C:\\evil", "a\nb"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_are_labels_and_nothing_is_written(
    name: str,
    pack: Callable[[dict[str, bytes]], bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = name.replace("\\", "/").replace("\n", "?")
    assert names(pack({name: b"x"})) == [expected]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "mimetype"])
def test_office_files_are_passed_through_whole(mark: str) -> None:
    office = zipped({mark: b"x", "xl/workbook.xml": b"<w/>"})
    assert archive.decode(office, name="x.xlsx").units == [Member("x.xlsx", office)]
    assert archive.decode(zipped({"x.xlsx": office})).units == [Member("x.xlsx", office)]


@pytest.mark.parametrize("step", [1, 100, 600])
@pytest.mark.parametrize("data", [zipped(FILES), tarred(FILES), gzip.compress(tarred(FILES))])
def test_streams_that_cannot_seek_and_chunk_boundaries_do_not_matter(
    data: bytes, step: int
) -> None:
    assert list(archive.iter_units(Trickle(data, step))) == MEMBERS  # type: ignore[arg-type]


def test_members_can_be_streamed() -> None:
    found = {}
    for entry in archive.iter_members(io.BytesIO(gzip.compress(tarred(FILES)))):
        found[entry.name] = entry.stream.read(2)
    assert found == {"a.xml": b"<a", "sub/b.json": b"{}"}


ZIP, TAR, GZIP = zipped(FILES), tarred(FILES), gzip.compress(b"<a/>" * 100)
DAMAGED_TAR = bytearray(TAR)
DAMAGED_TAR[1024 + 10] ^= 1  # the second file's header

MALFORMED = [
    (ZIP[:-1], "broken_archive"),
    (ZIP[:40], "broken_archive"),
    (ZIP[:4], "broken_archive"),
    (ZIP.replace(b"PK\x01\x02", b"PK\x01\x03", 1), "broken_archive"),
    (ZIP.replace(b"PK\x03\x04", b"PK\x03\x05"), None),
    (b"PK\x03\x04" + ZIP[8:], "broken_archive"),
    (zipped({"a": b"abcdefgh"}, 0).replace(b"abcdefgh", b"abcdefgX"), "broken_archive"),
    (ZIP.replace(b"a.xml", b"b.xml", 1), "broken_archive"),
    (ZIP.replace(b"\x08\x00", b"\x63\x00"), "unsupported_archive"),
    (zipped(FILES, zipfile.ZIP_BZIP2), "unsupported_archive"),
    (zipped(FILES, zipfile.ZIP_LZMA), "unsupported_archive"),
    (encrypted(), "encrypted"),
    (zipped({}), "empty_archive"),
    (zipped({"folder/": b""}), "empty_archive"),
    (zipped({"__MACOSX/a": b"x"}), "empty_archive"),
    (GZIP[:-1], "broken_archive"),
    (GZIP[:12], "broken_archive"),
    (GZIP[:3], "broken_archive"),
    (GZIP[:-8] + b"\0" * 8, "broken_archive"),
    (GZIP[:12] + b"\xff" + GZIP[13:], "broken_archive"),
    (GZIP + b"junk", "broken_archive"),
    (b"\x1f\x8b\x09" + GZIP[3:], "broken_archive"),
    (TAR[:512], "broken_archive"),
    (TAR[:514], "broken_archive"),
    (TAR[:1024], "broken_archive"),
    (TAR[:1300], "broken_archive"),
    (bytes(DAMAGED_TAR), "broken_archive"),
    (TAR.replace(b"00000000004\0", b"77777777777\0", 1), "broken_archive"),
    (TAR.replace(b"00000000004\0", b"0000000000z\0", 1), "broken_archive"),
    (odd_tar(b"S"), "unsupported_archive"),
    (tarred({}), None),
    (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "unsupported_archive"),
    (b"Rar!\x1a\x07" + b"x" * 50, "unsupported_archive"),
    (zipped({"a.7z": b"7z\xbc\xaf\x27\x1c"}), "unsupported_archive"),
]


@pytest.mark.parametrize(("data", "code"), MALFORMED)
def test_damaged_and_unreadable_containers_are_refused(data: bytes, code: str | None) -> None:
    if code is None:  # no container any more: passed through as it is
        assert archive.decode(data).units == [Member("", data)]
        return
    with pytest.raises(CodecError) as caught:
        archive.decode(data)
    assert caught.value.code == code
    assert "; " in caught.value.message


@pytest.mark.parametrize("depth", [4, 5])
@pytest.mark.parametrize(
    "pack", [lambda d: zipped({"x": d}), gzip.compress, lambda d: tarred({"x": d})]
)
def test_containers_nest_four_deep_and_no_deeper(
    pack: Callable[[bytes], bytes], depth: int
) -> None:
    data = b"<a/>"
    for _ in range(depth):
        data = pack(data)
    if depth <= archive.MAX_NESTING:
        assert archive.decode(data).units[0].data == b"<a/>"
        return
    with pytest.raises(CodecError) as caught:
        archive.decode(data)
    assert caught.value.code == "too_deep"


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(max_bytes=5), "too_large"), (Limits(max_items=1), "too_many_items")],
)
def test_limits_hold(pack: Callable[[dict[str, bytes]], bytes], limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        archive.decode(pack(FILES), limits)
    assert caught.value.code == code


ZIP_OF = "import io, zipfile\nfrom connectors._codecs import archive\nout = io.BytesIO()\n"
BOMBS = [
    (
        ZIP_OF + "with zipfile.ZipFile(out, 'w', 8) as z:\n"
        "    z.writestr('a', b'0' * 40_000_000)\ndata = out.getvalue()",
        "archive_bomb",
    ),
    (
        ZIP_OF + "with zipfile.ZipFile(out, 'w', 8) as z:\n"
        "    for n in range(10_001): z.writestr(str(n), b'')\ndata = out.getvalue()",
        "too_many_items",
    ),
    (
        ZIP_OF + "with zipfile.ZipFile(out, 'w') as z:\n"
        "    for n in range(40_000): z.writestr('x' * 80 + str(n), b'')\ndata = out.getvalue()",
        "too_many_items",
    ),
    (
        "import gzip\nfrom connectors._codecs import archive\n"
        "data = gzip.compress(b'0' * 40_000_000)",
        "archive_bomb",
    ),
    (
        "import gzip\nfrom connectors._codecs import archive\n"
        "data = gzip.compress(gzip.compress(b'0' * 40_000_000))",
        "archive_bomb",
    ),
    (
        "import gzip, io, tarfile\nfrom connectors._codecs import archive\nout = io.BytesIO()\n"
        "t = tarfile.TarInfo('a'); t.size = 40_000_000\n"
        "data = gzip.compress(t.tobuf() + b'0' * 40_000_000)",
        "archive_bomb",
    ),
]


@pytest.mark.parametrize(("setup", "code"), BOMBS)
def test_bombs_are_refused_quickly(setup: str, code: str) -> None:
    outcome = attack(setup, "archive.decode(data)")
    assert outcome.code == code
    assert outcome.seconds < 2
    assert outcome.megabytes < 300


@pytest.mark.parametrize(
    ("head", "claimed"),
    [(ZIP, True), (GZIP, True), (TAR, True), (b"Rar!", True), (b"<a/>", False), (b"", False)],
)
def test_claims_looks_at_the_first_bytes(head: bytes, claimed: bool) -> None:
    assert archive.claims(head) is claimed


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=60), mutated(ZIP), mutated(TAR), mutated(GZIP)))
def test_any_bytes_give_members_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        archive.decode(data)
