"""`counterfoil compare`: what two systems say of the same documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.acting import desk, store_options
from node_server.cli.refusing import tells
from node_server.operations.comparing import comparing
from node_server.operations.comparing.comparing import Wish
from node_server.operations.controlling import deciding


@click.command()
@click.argument("left")
@click.argument("right")
@click.option("--connections", is_flag=True, help="LEFT and RIGHT are connections of the store.")
@click.option("--live", is_flag=True, help="Read both connections on first.")
@store_options
@options.context
@options.as_json
@tells
def compare(
    left: str,
    right: str,
    *,
    connections: bool,
    live: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """List the documents whose state, amount, dates or master data differ in LEFT and RIGHT.

    Each is a file, folder or archive: exports of two systems. With --connections each is a
    connection, and what it delivered last counts. Exits with 1 where something differs.
    """
    acting = {name: given.pop(name) for name in ("config", "data", "key")}
    how = options.how_of(given)
    if connections or live:
        with desk(acting | {"tenant": how.tenant}, "ingest") as at:
            outcome = comparing.compare(at.house, at.who, Wish(left, right, live=live))
    else:
        one, other = options.read((_there(left),), how), options.read((_there(right),), how)
        outcome = deciding.compared(one, other, how.context)
    if as_json:
        options.print_json(outcome)
    else:
        _show(outcome)
    raise SystemExit(1 if outcome.get("disagreements") else 0)


def _there(path: str) -> str:
    if not Path(path).exists():
        raise click.UsageError(f"{path} is no file; for a connection say --connections")
    return path


def _show(outcome: dict[str, Any]) -> None:
    for each in outcome.get("disagreements", ()):
        age = f", {each['age_days']} days" if "age_days" in each else ""
        click.echo(
            f"{each['kind']} {each.get('number', '')}: {each['left']} | {each['right']}{age}"
        )
        for field in each.get("differences", ()):
            ours, theirs = field.get("left", "nothing"), field.get("right", "nothing")
            click.echo(f"  {field['path']}: {ours} | {theirs}")
    for side in ("left", "right"):
        for handle in outcome.get(f"only_{side}", ()):
            click.echo(f"only {side}: {handle}")
    click.echo(f"{outcome.get('compared', 0)} compared")
