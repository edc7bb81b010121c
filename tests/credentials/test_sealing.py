"""Envelope and master keys: what opens, what does not, and what is said about it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import (
    KeyRing,
    LocalKey,
    MasterKeyError,
    Unreadable,
    new_master_key,
    ring_from_environment,
    ring_from_file,
    ring_of,
)

RING = ring_of(new_master_key("k1"))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place_alone(plain: bytes, context: bytes) -> None:
    sealed = RING.seal(plain, context)
    assert RING.open(sealed, context) == plain
    with pytest.raises(Unreadable):
        RING.open(sealed, context + b"x")


@given(st.data())
def test_any_altered_sign_is_noticed(data: st.DataObject) -> None:
    sealed = RING.seal(b"secret", b"here")
    place = data.draw(st.integers(0, len(sealed) - 1))
    sign = data.draw(st.sampled_from("Ab3-_.=!é"))
    altered = sealed[:place] + sign + sealed[place + 1 :]
    if altered == sealed:
        return
    try:
        assert RING.open(altered, b"here") == b"secret"  # unused bits of the last base64 sign
        assert place + 1 == len(sealed) or sealed[place + 1] == "."
    except Unreadable:
        return


@given(st.text(max_size=80))
def test_any_text_is_unreadable_and_nothing_worse(text: str) -> None:
    for sealed in (text, f"cf1.k1.{text}", f"cf1.k1.{text}.AAAA", f"cf1.{text}.AAAA.AAAA"):
        for act in (
            lambda sealed=sealed: RING.open(sealed, b""),
            lambda sealed=sealed: RING.rewrap(sealed),
        ):
            try:
                act()
            except Unreadable:
                continue


def test_a_rotation_rewraps_without_touching_the_ciphertext() -> None:
    old, new = new_master_key("old"), new_master_key("new")
    sealed = ring_of(old).seal(b"secret", b"here")
    both = ring_of(f"# newest first\n{new}\n{old}\n")
    moved = both.rewrap(sealed)
    assert moved is not None
    assert moved.split(".")[3] == sealed.split(".")[3]
    assert both.rewrap(moved) is None
    assert ring_of(new).open(moved, b"here") == b"secret"
    with pytest.raises(Unreadable, match="'new', at hand: old"):
        ring_of(old).open(moved, b"here")


def test_two_keys_under_one_name_are_told_apart_or_refused() -> None:
    sealed = ring_of(new_master_key("k")).seal(b"secret", b"here")
    with pytest.raises(Unreadable, match="bring that key back"):
        ring_of(new_master_key("k")).open(sealed, b"here")
    with pytest.raises(MasterKeyError, match="name each apart"):
        ring_of(f"{new_master_key('k')},{new_master_key('k')}")


KEY = base64.b64encode(b"s" * 32).decode()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "#", KEY, f"k:{KEY[:-4]}", "k:!!!", f":{KEY}", f"a b:{KEY}", "k:", f"k:{KEY}é"],
)
def test_a_master_key_that_is_none_is_refused_unquoted(text: str) -> None:
    with pytest.raises(MasterKeyError) as raised:
        ring_from_environment({"COUNTERFOIL_MASTER_KEYS": text})
    assert KEY[:10] not in str(raised.value)


def test_a_key_file_must_be_private(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(new_master_key("k"), encoding="ascii")
    file.chmod(0o640)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        ring_from_file(file)
    file.chmod(0o600)
    assert ring_from_file(file).current.id == "k"
    with pytest.raises(MasterKeyError, match="cannot be read"):
        ring_from_file(tmp_path / "none")


def test_a_ring_needs_a_key() -> None:
    with pytest.raises(MasterKeyError):
        KeyRing([])
    with pytest.raises(MasterKeyError, match="16 bytes"):
        LocalKey("k", b"s" * 16)
