"""Subcommands are listed without being loaded, and none is forgotten."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

import node_server.cli as cli_package
from node_server.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_of_the_list_is_there_under_its_name(cli: Any, name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert cli(name, "--help").exit_code == 0


def test_no_command_is_missing_from_the_list() -> None:
    listed = {(known.module, known.name) for known in COMMANDS.values()}
    for path in Path(cli_package.__file__).parent.glob("*.py"):
        module = import_module(f"node_server.cli.{path.stem}")
        own = {n for n, each in vars(module).items() if is_top(each, module.__name__)}
        assert {(path.stem, n) for n in own} <= listed, path.stem


def is_top(each: Any, module: str) -> bool:
    """A command that the module itself makes, and no subcommand of a group."""
    if not isinstance(each, click.Command) or each.callback is None:
        return False
    groups = [g for g in vars(import_module(module)).values() if isinstance(g, click.Group)]
    within = {id(c) for group in groups for c in group.commands.values()}
    return each.callback.__module__ == module and id(each) not in within and each is not main


def test_the_list_names_every_command(cli: Any) -> None:
    shown = cli("--help").stdout
    assert all(name in shown for name in COMMANDS)


def test_a_command_that_there_is_not_is_refused(cli: Any) -> None:
    assert cli("mapp").exit_code == 2


def test_what_only_shows_the_version_loads_nothing_else() -> None:
    code = (
        "import sys; from node_server.cli.main import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('sqlalchemy', 'flask', 'lxml', 'connectors') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
