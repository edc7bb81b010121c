"""The screen of `counterfoil map --watch`: the newest result, and what is different in it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

import click

from node_server.operations.complaints import CALLER_ERRORS


def watch(rounds: Iterable[None], shown: Callable[[], str]) -> None:
    """Show what `shown` gives in each round, with the lines that were not there before marked."""
    before: list[str] | None = None
    try:
        for _ in rounds:
            lines = _lines(shown)
            click.clear()
            for line in _marked(before, lines):
                click.echo(line)
            click.secho("watching; Ctrl-C ends it", dim=True)
            before = lines
    except KeyboardInterrupt:
        click.echo()


def _lines(shown: Callable[[], str]) -> list[str]:
    """What there is to show; a map that is being written is often no map for a moment."""
    try:
        return shown().splitlines()
    except CALLER_ERRORS as error:
        return str(error).splitlines()


def _marked(before: list[str] | None, lines: list[str]) -> list[str]:
    if before is None or before == lines:
        return [f"  {line}" for line in lines]
    colours = {"+": "green", "-": "red"}
    found = (each for each in difflib.ndiff(before, lines) if each[0] != "?")
    return [click.style(each, fg=colours.get(each[0])) for each in found]
