"""The rules of the house that a machine can check. Import direction is in pyproject.toml."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("canonical_model", "connectors", "credentials", "node_server")
EXACT = ("canonical_model", "connectors")  # where amounts live

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
USUAL_FUNCTION = 30
DEEPEST_NESTING = 4
LARGEST_MODEL = 3500
LARGEST_CONTROL = 1750  # one control, such as the match: half of what the model may have

# Functions over USUAL_FUNCTION lines, each with the reason why it is not cut in two.
LONG_FUNCTIONS: dict[str, str] = {}

VAGUE_NAMES = {"common", "core", "helpers", "misc", "utils"}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)


class Function(NamedTuple):
    name: str
    lines: int
    nesting: int


def sources(*packages: str) -> list[Path]:
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    # Migrations are history: each is written once, by the tool, and never changed.
    found = [path for path in found if "versions" not in path.parts]
    assert found, f"no Python found in {packages}; the rules below would prove nothing"
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def logical_lines(path: Path) -> int:
    """Statements, docstrings left out."""
    statements = [each for each in ast.walk(ast.parse(read(path))) if isinstance(each, ast.stmt)]
    return sum(not is_docstring(each) for each in statements)


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def line_count(path: Path) -> int:
    return len(read(path).splitlines())


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(read(path), name_of(path))


def functions() -> Iterator[Function]:
    for path in sources(*PACKAGES):
        for node in ast.walk(parsed(path)):
            if isinstance(node, FUNCTIONS):
                yield Function(f"{name_of(path)}::{node.name}", length(node), nesting(node))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its decorators and its docstring."""
    last = function.end_lineno or function.lineno
    lines = last - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        words = function.body[0]
        lines -= (words.end_lineno or words.lineno) - words.lineno + 1
    return lines


def nesting(node: ast.AST) -> int:
    """How deep blocks lie in each other; ``elif`` is no deeper than its ``if``."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue  # counted by itself
        inside = isinstance(child, BLOCKS) and not is_elif(node, child)
        deepest = max(deepest, nesting(child) + inside)
    return deepest


def is_elif(parent: ast.AST, child: ast.AST) -> bool:
    return (
        isinstance(parent, ast.If)
        and isinstance(child, ast.If)
        and parent.orelse == [child]
        and child.col_offset == parent.col_offset
    )


@pytest.mark.slow
def test_imports_point_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_folder_with_python_is_a_package() -> None:
    """Or the import rules, which follow packages, would not see what is in it."""
    folders = {path.parent for path in sources(*PACKAGES)}
    assert not [name_of(each) for each in folders if not (each / "__init__.py").exists()]


def test_a_connector_folder_holds_data_only() -> None:
    families = (each for each in (ROOT / "connectors").iterdir() if each.is_dir())
    shared = [each for each in families if not each.name.startswith("_")]
    assert not [name_of(path) for family in shared for path in family.rglob("*.py")]


def test_files_are_short() -> None:
    lines = {name_of(path): line_count(path) for path in sources(*PACKAGES)}
    assert not {name: count for name, count in lines.items() if count >= LONGEST_FILE}


def test_functions_are_short() -> None:
    assert not [each for each in functions() if each.lines >= LONGEST_FUNCTION]


def test_a_function_over_the_usual_length_has_its_reason_here() -> None:
    long = {each.name: each.lines for each in functions() if each.lines > USUAL_FUNCTION}
    assert not {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS}
    assert not LONG_FUNCTIONS.keys() - long.keys(), "a reason whose function is short again"


def test_blocks_are_not_nested_deeply() -> None:
    assert not [each for each in functions() if each.nesting > DEEPEST_NESTING]


def test_the_model_stays_small() -> None:
    """Counted in logical lines, so that neither comments nor the formatter's line breaks count."""
    controls = sources("canonical_model/controls")
    model = set(sources("canonical_model")) - set(controls)
    assert sum(map(logical_lines, model)) < LARGEST_MODEL


def test_each_control_stays_small() -> None:
    controls = ROOT / "canonical_model" / "controls"
    lines: Counter[str] = Counter()
    for path in sources("canonical_model/controls"):
        lines[path.relative_to(controls).parts[0]] += logical_lines(path)
    assert not {name: count for name, count in lines.items() if count >= LARGEST_CONTROL}


def test_a_module_is_named_after_what_it_holds() -> None:
    names = [name_of(path) for path in sources(*PACKAGES)]
    assert not [each for each in names if VAGUE_NAMES & set(re.split(r"[/.]", each))]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_ships_its_types(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_the_version_is_the_newest_of_the_changelog() -> None:
    from canonical_model.version import __version__

    headings = re.findall(r"^## \[(\d.+?)\]", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert headings[:1] == [__version__]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_listed_in_order(package: str) -> None:
    for path in (ROOT / package).rglob("__init__.py"):
        listed, bound = public_names(parsed(path))
        if listed is None:
            assert path.parent.parent != ROOT or not bound, f"{name_of(path)} has no __all__"
            continue
        assert listed == sorted(set(listed), key=public_order), f"{name_of(path)}: sort __all__"
        assert bound <= set(listed), f"{name_of(path)}: not in __all__: {bound - set(listed)}"


def public_order(name: str) -> tuple[int, list[str | int]]:
    """Constants, classes, the rest, each counted naturally: the order in which ruff sorts."""
    constant = name.isupper() and len(name) > 1
    rank = 0 if constant else 1 if name[0].isupper() else 2
    parts = re.split(r"(\d+)", name)
    return rank, [int(part) if part.isdigit() else part for part in parts]


def public_names(module: ast.Module) -> tuple[list[str] | None, set[str]]:
    """``__all__`` as written, and what it is to hold: names of ours, without a ``_``.

    A module that only passes names on lists them all; one that defines some uses what it imports.
    """
    listed = None
    bound: set[str] = set()
    facade = not any(isinstance(node, ast.ClassDef | ast.FunctionDef) for node in module.body)
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                listed = list(ast.literal_eval(value))
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.ImportFrom() if facade and (node.module or "").startswith(PACKAGES):
                bound |= {alias.asname or alias.name for alias in node.names}
    return listed, {name for name in bound if not name.startswith("_")}


def test_no_amount_can_become_a_float() -> None:
    for path in sources(*EXACT):
        calls = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
        lines = [call.lineno for call in calls if ast.unparse(call.func) == "float"]
        assert not lines, f"{name_of(path)}: float() at lines {lines}; amounts are exact decimals"


def test_nothing_is_left_for_later() -> None:
    left = [path for path in sources(*PACKAGES, "tests") if UNFINISHED.search(read(path))]
    assert not [name_of(path) for path in left], "write the issue down, or do it"


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as line, pytest.raises(BaseException, match="only reach this machine"):
        line.connect(("192.0.2.1", 80))  # an address for documentation, RFC 5737


def test_a_test_can_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
