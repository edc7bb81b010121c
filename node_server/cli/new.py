"""`counterfoil new`: a connector to start from."""

from __future__ import annotations

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import packing


@click.group()
def new() -> None:
    """Begin something of your own."""


@new.command()
@click.argument("name")
@click.option("--into", default=".", help="Folder for it, to be given as --overlay later.")
@calls_it_wrong_usage
def connector(name: str, into: str) -> None:
    """Write the folder of a new connector NAME (family/name) that already works."""
    folder = packing.begin(name, into)
    click.echo(f"wrote {folder}")
    click.echo(f"next: counterfoil samples --write {name} --overlay {into}")
    click.echo(f"then: counterfoil check {name} --overlay {into}")
