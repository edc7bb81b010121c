from __future__ import annotations

import pytest

from tests.snippets import Command, Snippet, commands, links, make_targets, matches, snippets


def console(code: str) -> Snippet:
    return Snippet("console", code, line=1)


def test_a_block_knows_its_language_its_code_and_its_line() -> None:
    assert list(snippets("Text\n\n```python\nx = 1\n```\n")) == [Snippet("python", "x = 1\n", 4)]


def test_blocks_come_in_the_order_of_the_document() -> None:
    found = snippets("```python\na\n```\n\n```console\n$ b\n```\n")
    assert [snippet.language for snippet in found] == ["python", "console"]


def test_a_block_inside_a_list_loses_its_indentation() -> None:
    [found] = snippets("1. First\n\n   ```python\n   if x:\n       y\n   ```\n")
    assert found.code == "if x:\n    y\n"


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    [found] = snippets("````markdown\n```python\nx\n```\n````\n")
    assert (found.language, found.code) == ("markdown", "```python\nx\n```\n")


@pytest.mark.parametrize(
    ("comment", "reason"),
    [("<!-- not run: needs a bank -->", "needs a bank"), ("<!-- not run -->", "")],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_comment_before_a_block_skips_it_and_says_why(
    comment: str, reason: str, gap: str
) -> None:
    [found] = snippets(f"{comment}{gap}```python\nx\n```\n")
    assert (found.skipped, found.reason) == (True, reason)


def test_a_skipping_comment_reaches_only_the_block_it_precedes() -> None:
    text = "<!-- not run: slow -->\n```python\nx\n```\n\n```python\ny\n```\n"
    assert [found.skipped for found in snippets(text)] == [True, False]


def test_output_belongs_to_the_command_above_it() -> None:
    assert commands(console("$ one\n1\n2\n$ two\n")) == [
        Command("one", "1\n2\n", 1),
        Command("two", "", 4),
    ]


def test_a_backslash_carries_a_command_on() -> None:
    [found] = commands(console("$ one \\\n    two\n3\n"))
    assert (found.text, found.output) == ("one \\\n    two", "3\n")


def test_output_before_any_command_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1 is output before any command"):
        commands(console("one\n"))


@pytest.mark.parametrize(
    ("promised", "actual"),
    [
        ("", ""),
        ("a\n", "a"),
        ("a\nb", "a  \nb\n\n"),
        ("...", ""),
        ("...", "a\nb\n"),
        ("a\n...\nd", "a\nb\nc\nd"),
        ("a\n...\nb", "a\nb"),
        ("a.c", "a.c"),
    ],
)
def test_output_matches(promised: str, actual: str) -> None:
    assert matches(promised, actual)


@pytest.mark.parametrize(
    ("promised", "actual"),
    [
        ("", "a"),
        ("a", ""),
        ("a", "a\nb"),
        ("a\nb", "b\na"),
        ("  a", "a"),
        ("a\n...\nd", "a\nb\nc"),
        ("a.c", "abc"),
        ("a ... c", "a b c"),
    ],
)
def test_output_differs(promised: str, actual: str) -> None:
    assert not matches(promised, actual)


def test_links_are_those_to_files() -> None:
    text = """[a](docs/a.md#part) ![b](b.png) [c](https://example.org) [d](#here) `[e](e.md)`

```python
[f](f.md)
```
"""
    assert list(links(text)) == ["docs/a.md", "b.png"]


def test_make_targets_are_read_from_code_only() -> None:
    text = "Please make sure: `make test` or\n\n```sh\nmake run\n$ make test-deep\n```\n"
    assert make_targets(text) == {"test", "run", "test-deep"}
