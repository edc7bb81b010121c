"""Whatever is put as a policy is one, or is refused with the place of each fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from node_server.errors import Refusal
from node_server.operations.governing.reading import LARGEST, policy_of

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "docs/examples/policies").glob("*.yaml"))
TEXT = EXAMPLES[0].read_bytes()
ODD = [b"&a ", b"*a", b"<<: ", b"? ", b"!!set "]


def refused(text: bytes) -> Refusal | None:
    try:
        policy_of(text)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_yaml_and_json_say_the_same(path: Path) -> None:
    tree = json.dumps(yaml.safe_load(path.read_bytes()), default=str, indent="\t")
    assert policy_of(path.read_bytes()).hash == policy_of(tree.encode()).hash


@settings(max_examples=40)
@given(
    at=st.integers(0, len(TEXT) - 1),
    length=st.integers(0, 12),
    put=st.one_of(st.binary(max_size=6), st.sampled_from(ODD)),
)
def test_a_text_that_was_tampered_with_is_a_policy_or_refused(
    at: int, length: int, put: bytes
) -> None:
    refusal = refused(TEXT[:at] + put + TEXT[at + length :])
    assert refusal is None or refusal.status in (400, 422)


@settings(max_examples=40)
@given(st.binary(max_size=200))
@example(b"9" * 5000)
@example(b"[" * 3000)
@example(b"a: 2026-02-31")
@example(b"? {a: b}\n: c")
@example(b"a: !!timestamp soon")
@example("policy: \N{SNOWMAN}".encode("utf-16"))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    refusal = refused(data)
    assert refusal is not None
    assert refusal.message


def test_aliases_cannot_make_a_short_text_endless() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    refusal = refused("\n".join(lines).encode())
    assert refusal is not None
    assert "aliases" in refusal.message


def test_a_text_that_is_too_long_is_not_read() -> None:
    refusal = refused(b"#" * (LARGEST + 1))
    assert refusal is not None
    assert refusal.status == 413


def test_each_fault_stands_where_it_is_written() -> None:
    lines = [
        "policy: p",
        "version: 1",
        "tables:",
        "  - name: t",
        "    hit: collect",
        "    rules:",
        "      - id: r",
        "        when: {amuont: 5}",
        "        then: {outcome: maybe}",
        "      - id: r",
        "        then: {}",
        "titel: x",
    ]
    refusal = refused("\n".join(lines).encode())
    assert refusal is not None
    found: dict[str, Any] = {
        each["path"]: (each["line"], each["column"]) for each in refusal.errors
    }
    assert found == {
        "version": (2, 1),
        "tables[0].rules[0].when.amuont": (8, 16),
        "tables[0].rules[0].then.outcome": (9, 16),
        "tables[0].rules": (6, 5),
        "titel": (12, 1),
    }
