"""Outline data: what every loop table must hold true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors._codecs.segments.outline import Loop, known_types, outline_of

OUTLINES = [(kind, name) for kind in ("x12", "edifact") for name in sorted(known_types(kind))]


def loops(loop: Loop) -> Iterator[Loop]:
    """The loop and all below it."""
    yield loop
    for kid in loop.kids.values():
        if kid is not None:
            yield from loops(kid)


@pytest.mark.parametrize(("kind", "name"), OUTLINES)
def test_no_loop_swallows_the_tag_that_opens_it(kind: str, name: str) -> None:
    outline = outline_of(kind, name)
    for loop in (*loops(outline.root), *loops(outline.summary)):
        for tag, inner in loop.kids.items():
            assert inner is None or tag not in inner.reach, tag


@pytest.mark.parametrize(("kind", "name"), OUTLINES)
def test_tags_have_the_form_of_their_format(kind: str, name: str) -> None:
    outline = outline_of(kind, name)
    sizes = {3} if kind == "edifact" else {2, 3}
    for tag in outline.root.reach | outline.summary.reach:
        assert len(tag) in sizes
        assert tag.isupper()
        assert tag.isalnum()


@pytest.mark.parametrize(("kind", "name"), [("x12", "000"), ("edifact", "../x12/810"), ("x12", "")])
def test_a_type_without_an_outline_gets_the_flat_one(kind: str, name: str) -> None:
    assert not outline_of(kind, name).known


def test_the_innermost_loop_that_names_a_tag_is_its_home() -> None:
    root = outline_of("x12", "850").root
    line = root.kids["PO1"]
    assert line is not None
    party = line.kids["N1"]
    assert party is not None
    assert party.home("REF") is party
    assert party.home("PID") is line
    assert party.home("CTT") is root
    assert party.home("ZZZ") is None
