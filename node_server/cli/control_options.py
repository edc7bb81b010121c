"""What every control takes on the command line: files, whose they are, how to show the outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from node_server.cli.options import overlay_option
from node_server.operations.controlling.gathering import Gathered, gather
from node_server.operations.mapping import How

_F = TypeVar("_F", bound=Callable[..., Any])

paths = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
some_paths = click.argument("paths", nargs=-1, type=click.Path(exists=True))
as_json = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")


def context(command: _F) -> _F:
    """Options that say what payloads do not: whose they are, and what is ours."""
    for option in (
        click.option(
            "--own-id", "own_ids", multiple=True, help="An identifier of ours; repeatable."
        ),
        click.option("--entity", help="Our legal entity."),
        click.option("--tenant", default="default", show_default=True, help="Whose documents."),
        click.option("--connector", help="Read all files by this one."),
        overlay_option,
    ):
        command = option(command)
    return command


def how_of(given: dict[str, Any]) -> How:
    """How payloads are mapped, taken out of the options of a command."""
    return How(
        connector=given.pop("connector"),
        overlay=given.pop("overlay") or None,
        tenant=given.pop("tenant"),
        entity=given.pop("entity"),
        own_ids=given.pop("own_ids"),
    )


def needed(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The files; a refusal where none are named and the store is not meant either."""
    if not paths:
        raise click.UsageError("name files or folders, or say --stored for what the store has")
    return paths


def read(paths: tuple[str, ...], how: How) -> Gathered:
    """The documents of the files; what could not be read is told at once."""
    found = gather(paths, how)
    for fault in found.faults:
        click.echo(f"not read: {fault}", err=True)
    return found


def print_json(outcome: Any) -> None:
    """The outcome for programs."""
    click.echo(json.dumps(outcome, ensure_ascii=False, indent=2))


def colour(word: str, *, bad: bool) -> str:
    """A verdict that can be seen from afar."""
    return click.style(word, fg="red" if bad else "green")
