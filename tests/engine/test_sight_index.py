"""The index finds whatever claims: it may offer more, never less."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors._engine.heads import head_of
from connectors._engine.recognition import Recogniser, Recognition, Sight
from connectors._engine.xml_view import whole

TREES = [
    ("has", "a.b"),
    ("has", "a[0].b"),
    ("has", "a[-1]"),
    ("has", "[0].a"),
    ("has", "[*].a"),
    ("has", "a[*].b"),
    ("has", "a[?b=='x'].c"),
    ("has", "$.a"),
    ("where", "a.b"),
    ("where", {"path": "a.b", "equals": "x"}),
    ("where", {"path": "a", "in": [1, "x", True]}),
    ("where", {"path": "a", "not_in": ["x"]}),
    ("where", {"path": "a", "present": False}),
    ("where", [{"path": "a.b", "present": True}, {"path": "b", "equals": "x"}]),
    ("where", {"path": "a[?b=='x'].c", "equals": "x"}),
]
LEAVES = st.sampled_from(["x", "y", "", 1, True, None])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


def look(part: str, value: Any) -> dict[str, Any]:
    return {part: [value] if part == "has" else value}


@given(tree=VALUES)
def test_a_tree_that_a_map_claims_is_offered_to_it(tree: Any) -> None:
    known = [Recogniser(f"a/b/{n}", "json", look(*t), "tree") for n, t in enumerate(TREES)]
    sight = Sight("json", tree)
    for each in known:
        assert each.claims(sight) == bool(Recognition([each]).claims(sight).names)


PATHS = ["a/b", "a[2]/b", "a/@k", "@k", "a[b='x']/c", "a[b]/b[1]", "a", "a/b/c"]
ELEMENTS = st.recursive(
    st.sampled_from(["<{}/>", "<{}>x</{}>", "<{} k='x'/>"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda c: "<{}>" + "".join(c) + "</{}>"
    ),
    max_leaves=6,
)


def filled(shape: str, names: list[str]) -> str:
    """Element names put into a shape; an end tag is named like its start."""
    text, stack, at = "", [], 0
    for part in shape.split("<")[1:]:
        if part.startswith("/{}"):
            text += f"</{stack.pop()}{part[3:]}"
            continue
        name = names[at % len(names)] if stack else "r"
        at += 1
        text += f"<{part.replace('{}', name)}"
        if not part.rstrip().endswith("/>"):
            stack.append(name)
    return text


@given(shape=ELEMENTS, names=st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_an_element_that_a_map_claims_is_offered_to_it(shape: str, names: list[str]) -> None:
    sight = Sight("xml", whole(etree.fromstring(filled(shape, names))), root="r")
    tests: list[tuple[str, Any]] = [("has", path) for path in PATHS]
    tests += [("where", {"path": path, "equals": "x"}) for path in PATHS]
    for part, value in tests:
        each = Recogniser("a/b/c", "xml", {"root": "r", **look(part, value)}, "xml")
        assert each.claims(sight) == bool(Recognition([each]).claims(sight).names)


def test_a_payload_is_shown_to_few_of_many() -> None:
    known = [
        Recogniser(f"a/b/{n}", "json", {"has": ["value", f"value[0].id{n}"]}, "tree")
        for n in range(300)
    ]
    found = Recognition(known)
    assert found.claims(Sight("json", {"value": [{"id7": 1, "x": 2}]})).names == ("a/b/7",)
    assert [each.name for each in known if "_holds" in vars(each)] == ["a/b/7"]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("format: 1\ncodec: xml\nfields:\n  a: b\n", {"codec": "xml"}),
        ("codec: json\nrecognises:\n- {has: [a]}\n- has: [b]\n", {"has": "b"}),
        ("codec: json\nrecognises:\n  # why\n\n  has:\n    - b\nfields: {}", {"has": "b"}),
        ("codec: json\nrecognises: {has:\n  [b]}  # end\neach: x", {"has": "b"}),
        ("extends: other.read\nfields:\n  codec: no\n", {"extends": "other.read"}),
        ("{format: 1, codec: json}", {}),
        ("", {}),
        ("---\ncodec: x12\n---\n", {"codec": "x12"}),
    ],
)
def test_the_head_of_a_map_is_read_without_the_rest(text: str, head: dict[str, str]) -> None:
    found = head_of("m.yaml", text)
    looks = found.get("recognises", {})
    last = looks[-1] if isinstance(looks, list) else looks
    told = {
        **{k: v for k, v in found.items() if k != "recognises"},
        "has": (*last.get("has", ("",)),)[-1],
    }
    assert {name: told[name] for name in head} == head
