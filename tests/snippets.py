"""Find the fenced blocks and the links of a Markdown document. What is done with them is elsewhere.

A ``console`` block holds commands, each behind ``$ ``, and the output that follows each. In that
output a line ``...`` stands for any number of lines. A block after ``<!-- not run: reason -->``
is shown but not run.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(
    r"(?P<skip><!-- not run:?(?P<reason>[^\n]*?)-->[ \t]*\n\s*)?"
    r"^(?P<indent>[ \t]*)(?P<ticks>`{3,})(?P<language>[\w-]*)[^\n`]*\n"
    r"(?P<code>.*?)"
    r"^[ \t]*(?P=ticks)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)")
CODE_SPAN = re.compile(r"`[^`\n]+`")
PROMPT = "$ "


@dataclass(frozen=True)
class Snippet:
    """One fenced block: ``line`` is that of its first line of code."""

    language: str
    code: str
    line: int
    skipped: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Command:
    """One command of a console block and the output the document promises."""

    text: str
    output: str
    line: int


def snippets(document: str) -> Iterator[Snippet]:
    """Every fenced block, in order."""
    for found in FENCE.finditer(document):
        yield Snippet(
            language=found["language"],
            code=textwrap.dedent(found["code"]),
            line=document.count("\n", 0, found.start("code")) + 1,
            skipped=found["skip"] is not None,
            reason=(found["reason"] or "").strip(),
        )


def commands(snippet: Snippet) -> list[Command]:
    """The commands of a console block; a backslash at the end of a line carries a command on."""
    lines = iter(enumerate(snippet.code.splitlines(), snippet.line))
    found: list[Command] = []
    for number, line in lines:
        if line.startswith(PROMPT):
            text = line.removeprefix(PROMPT)
            while text.endswith("\\"):
                text += "\n" + next(lines, (0, ""))[1]
            found.append(Command(text, "", number))
        elif found:
            last = found.pop()
            found.append(Command(last.text, f"{last.output}{line}\n", last.line))
        else:
            raise ValueError(f"line {number} is output before any command; begin it with '$ '")
    return found


def matches(promised: str, actual: str) -> bool:
    """Whether the output is the promised one; trailing spaces and blank last lines do not count."""
    lines = (
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + r"\n"
        for line in _lines(promised)
    )
    return re.fullmatch("".join(lines), "".join(f"{line}\n" for line in _lines(actual))) is not None


def links(document: str) -> Iterator[str]:
    """Targets of links to files, without their anchors; code and the web are left out."""
    prose = CODE_SPAN.sub("", FENCE.sub("", document))
    for found in LINK.finditer(prose):
        target = found["target"].partition("#")[0]
        if target and not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def make_targets(document: str) -> set[str]:
    """Targets of ``make`` that a document names in a block or a code span."""
    code = [found["code"] for found in FENCE.finditer(document)]
    code += CODE_SPAN.findall(FENCE.sub("", document))
    return set(re.findall(r"(?:^|[`$;&] ?)make ([a-z][a-z0-9-]*)", "\n".join(code), re.MULTILINE))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
