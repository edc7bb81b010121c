"""The documents are run: a reader who copies an example gets what the page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.snippets import Command, Snippet, commands, links, make_targets, matches, snippets

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
RUN = ("README.md", "CONTRIBUTING.md", "docs/**/*.md")
LINKED = (*RUN, "CHANGELOG.md", "tests/README.md")
SECONDS = 120


def documents(patterns: tuple[str, ...]) -> list[str]:
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return [path.relative_to(ROOT).as_posix() for path in found]


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def runnable(document: str) -> list[Snippet]:
    found = snippets(text_of(document))
    return [each for each in found if each.language in ("python", "console") and not each.skipped]


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ``docs/examples`` to work in, so that no example can alter the original."""
    folder = tmp_path / "examples"
    if EXAMPLES.is_dir():
        shutil.copytree(EXAMPLES, folder)
    else:
        folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("document", [name for name in documents(RUN) if runnable(name)])
def test_the_examples_of_a_document_do_what_it_shows(document: str, examples: Path) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for snippet in runnable(document):
        if snippet.language == "python":
            run_python(document, snippet, namespace)
        else:
            for command in commands(snippet):
                run_command(document, command, examples)


def run_python(document: str, snippet: Snippet, namespace: dict[str, object]) -> None:
    padding = "\n" * (snippet.line - 1)  # so that a traceback names the line of the document
    code = compile(padding + snippet.code, ROOT / document, "exec", dont_inherit=True)
    exec(code, namespace)  # noqa: S102 - running the documentation's own code is the point


def run_command(document: str, command: Command, folder: Path) -> None:
    """The output shown is the proof; where none is (or only ``...``), success is."""
    done = subprocess.run(  # noqa: S602 - the documents show shell commands
        command.text,
        shell=True,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    wrong = difference(command, done.stdout, done.returncode)
    if wrong:
        place = f"{document}:{command.line}: $ {command.text}"
        pytest.fail(f"{place}\n{wrong}; it wrote\n{done.stdout}", pytrace=False)


def difference(command: Command, output: str, status: int) -> str | None:
    if "Traceback (most recent call last)" in output:
        return "the command let an exception through"
    if not matches(command.output, output):
        return f"the document promises\n{command.output}and the command does otherwise"
    if status and command.output.strip() in ("", "..."):
        return f"the command fails with exit status {status}"
    return None


def environment() -> dict[str, str]:
    """This one with the commands of this virtual environment, and output of one known width."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}


def test_the_readme_has_examples_that_run() -> None:
    assert runnable("README.md"), "README.md shows nothing that runs; add a python or console block"


@pytest.mark.parametrize("document", documents(RUN))
def test_a_block_that_is_not_run_says_why(document: str) -> None:
    silent = [each.line for each in snippets(text_of(document)) if each.skipped and not each.reason]
    assert not silent, f"{document}: lines {silent}; write <!-- not run: the reason -->"


@pytest.mark.parametrize("document", documents(LINKED))
def test_links_lead_to_files_that_exist(document: str) -> None:
    folder = (ROOT / document).parent
    broken = [link for link in links(text_of(document)) if not (folder / link).exists()]
    assert not broken, f"{document} links to nothing at {broken}"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_target_a_document_names_exists(document: str) -> None:
    text = text_of(document)
    named = make_targets(f"```sh\n{text}```\n" if document == ".ci/run" else text)
    existing = set(re.findall(r"^([a-z][a-z0-9-]*):", text_of("Makefile"), re.MULTILINE))
    assert named, f"{document} names no make target"
    assert named <= existing, f"{document} names {sorted(named - existing)}, unknown to Makefile"


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert "make test" in text_of(".ci/run").splitlines()
    assert "test" in make_targets(text_of("README.md")), "README.md does not say `make test`"
