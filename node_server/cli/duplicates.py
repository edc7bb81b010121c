"""`counterfoil duplicates`: documents that may be one."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding


@click.command()
@options.paths
@options.context
@click.option("--policy", type=click.Path(), help="YAML file: hold_at, warn_at.")
@options.as_json
@tells
def duplicates(paths: tuple[str, ...], policy: str | None, *, as_json: bool, **given: Any) -> None:
    """Find the documents in PATHS that may be one: sent twice, retyped, under another supplier.

    Files, folders, archives and exports of any format. Exits with 1 where payment should be held.
    """
    how = options.how_of(given)
    found = deciding.duplicates(options.read(paths, how), policy, how.context)
    if as_json:
        options.print_json(found)
    for each in [] if as_json else found:
        verdict = options.colour(each["verdict"], bad=each["verdict"] == "hold")
        click.echo(f"{each['one']}\n{each['other']}\n  {verdict} {each['score']}: {each['why']}")
    raise SystemExit(1 if any(each["verdict"] == "hold" for each in found) else 0)
