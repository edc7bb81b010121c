"""`counterfoil compare`: what two systems say of the same documents."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding


@click.command()
@click.argument("left", type=click.Path(exists=True))
@click.argument("right", type=click.Path(exists=True))
@options.context
@options.as_json
@tells
def compare(left: str, right: str, *, as_json: bool, **given: Any) -> None:
    """List the documents whose state, amount, dates or master data differ in LEFT and RIGHT.

    Each is a file, folder or archive: exports of two systems. Exits with 1 where something differs.
    """
    how = options.how_of(given)
    one, other = options.read((left,), how), options.read((right,), how)
    outcome = deciding.compared(one, other, how.context)
    if as_json:
        options.print_json(outcome)
    else:
        _show(outcome)
    raise SystemExit(1 if outcome.get("disagreements") else 0)


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
