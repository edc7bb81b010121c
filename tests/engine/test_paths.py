"""The path language: what it reads, how it is spelled, and how it refuses."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._engine.emit import Function
from connectors._engine.paths import Every, Field, Index, Root, Where, parse, spell
from connectors._engine.program import Program
from connectors._engine.run_state import Run
from connectors._engine.values import text_of
from connectors.errors import PathError
from tests.engine.small_maps import xml


def found(path: str, tree: Any, dialect: Any = "tree", *, many: bool = True) -> Any:
    """What compiled code finds at a path: all of it, or the one."""
    program = Program(dialect)
    program.constants["text_of"] = text_of
    made = Function(program, "found")
    node = (made.nodes if many else made.node)("n", parse(path, dialect))
    made.line(f"return {node}")
    program.add(made)
    result = program.load()["found"](tree, Run((), tree))
    return list(result) if many else result


TREE = {
    "a": {"b": [{"c": 1, "k": "x"}, {"c": 2, "k": "y"}, {"k": "y"}]},
    "rows": [{"tags": ["p", "q"]}, {"tags": ["r", "s"]}],
    "grid": [[1, 2], [3]],
    "one": {"c": 5},
    "odd name": {"a.b": 7},
    "Beträge": 9,
}


@pytest.mark.parametrize(
    ("path", "all_of_it"),
    [
        ("a.b[*].c", [1, 2]),
        ("a.b[0].c", [1]),
        ("a.b[-1].k", ["y"]),
        ("a.b[9].c", []),
        ("a.b[?k=='y'].c", [2]),
        ("a.b[?k!='y'].c", [1]),
        ("a.b[?c].k", ["x", "y"]),
        ("a.b[?k=='y'][1].k", ["y"]),
        ("rows[*].tags[1]", ["q", "s"]),
        ("rows[*].tags", ["p", "q", "r", "s"]),
        ("grid[0]", [1, 2]),
        ("grid[0][1]", [2]),
        ("one", [{"c": 5}]),
        ("one.c", [5]),
        ("one.c.d", []),
        ("a.b.c", []),
        ("nothing[*].c", []),
        ('"odd name"."a.b"', [7]),
        ("Beträge", [9]),
        ("$.one.c", [5]),
    ],
)
def test_a_tree_path_finds(path: str, all_of_it: list[Any]) -> None:
    assert found(path, TREE) == all_of_it


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("a.b[*].c", 1),
        ("a.b[?k=='y'].c", 2),
        ("a.b[9].c", None),
        ("rows[*].tags[1]", "q"),
        ("grid[0][1]", 2),
        ("one", {"c": 5}),
        ("one.c.d", None),
        ("a.b.c", None),
        ("nothing[*].c", None),
    ],
)
def test_where_one_thing_is_wanted_it_is_the_first(path: str, first: Any) -> None:
    assert found(path, TREE, many=False) == first


XML = xml(
    """<i:Invoice xmlns:i="urn:i" version="2">
      <i:Tax kind="a"><i:Rate>19</i:Rate><i:Rate>7</i:Rate></i:Tax>
      <i:Tax kind="b"><i:Rate unit="%">5</i:Rate><i:Rate>3</i:Rate></i:Tax>
      <i:Note>one</i:Note><i:Note lang="en">two</i:Note>
      <i:Mixed>pay <i:b>now</i:b> please</i:Mixed>
    </i:Invoice>"""
)


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("@version", ["2"]),
        ("Note", ["one", "two"]),
        ("Note[1]", ["one"]),
        ("Note[2]", ["two"]),
        ("Note[3]", []),
        ("Note/@lang", ["en"]),
        ("Tax/Rate", ["19", "7", "5", "3"]),
        ("x:Tax/x:Rate[2]", ["7", "3"]),
        ("Tax[2]/Rate[1]", ["5"]),
        ("Tax[@kind='b']/Rate", ["5", "3"]),
        ("Tax[Rate='19']/@kind", ["a"]),
        ("Tax[@kind='b'][1]/Rate[2]", ["3"]),
        ("Mixed", ["pay now please"]),
        ("Mixed/b", ["now"]),
        ("/Invoice/Note[2]", ["two"]),
    ],
)
def test_an_xml_path_finds(path: str, texts: list[str]) -> None:
    nodes = found(path, XML, "xml")
    assert [n.get("#") if isinstance(n, dict) else n for n in nodes] == texts


@pytest.mark.parametrize(
    ("path", "dialect", "column", "seen"),
    [
        ("a..b", "tree", 3, "'.b'"),
        ("a[", "tree", 3, "the end"),
        ("a[?b=='x'", "tree", 10, "the end"),
        ("a[?b='x']", "tree", 5, "\"='x']\""),
        ("a | b", "tree", 2, "' | b'"),
        ("length(a)", "tree", 7, "'(a)'"),
        ("a.*", "tree", 3, "'*'"),
        ("7up", "tree", 1, "'7up'"),
        ("a//b", "xml", 3, "'/b'"),
        ("../a", "xml", 1, "'../a'"),
        ("a[0]", "xml", 3, "'0]'"),
        ("a[-1]", "xml", 3, "'-1]'"),
        ("a/text()", "xml", 7, "'()'"),
        ("a[b=c]", "xml", 5, "'c]'"),
        ("count(a)", "xml", 6, "'(a)'"),
    ],
)
def test_a_path_outside_the_language_is_refused_with_its_column(
    path: str, dialect: Any, column: int, seen: str
) -> None:
    with pytest.raises(PathError) as error:
        parse(path, dialect)
    assert f"column {column} of path" in str(error.value)
    assert f"found {seen}; supported are" in str(error.value)


@pytest.mark.parametrize("text", [".", "@", "", "  "])
def test_a_point_is_the_node_itself(text: str) -> None:
    assert parse(text) == () == parse(text, "xml")


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)
plain_texts = st.text(st.characters(exclude_characters="'", exclude_categories=("Cs",)), max_size=5)
conditions = st.builds(
    lambda name, values: Where((Field(name),), values), names, st.tuples() | st.tuples(plain_texts)
)
steps = names.map(Field) | st.integers(-3, 9).map(Index) | st.just(Every()) | conditions


@given(names.map(Field), st.lists(steps, max_size=5), st.booleans())
def test_a_path_is_what_its_spelling_reads_as(first: Field, more: list[Any], root: bool) -> None:
    path = (Root(), first, *more) if root else (first, *more)
    assert parse(spell(path)) == path


@pytest.mark.parametrize(
    "text", ["a/b[2]/@c", "a[b/c='x']/d", "@id", "a[@x]", "/Doc/a[b!='1']", "a[b='x'][2]"]
)
def test_xml_paths_are_spelled_as_they_were_read(text: str) -> None:
    assert spell(parse(text, "xml"), "xml") == text


@given(st.text(max_size=30), st.sampled_from(["tree", "xml"]))
def test_any_text_is_a_path_or_refused(text: str, dialect: Any) -> None:
    with contextlib.suppress(PathError):
        assert isinstance(parse(text, dialect), tuple)
