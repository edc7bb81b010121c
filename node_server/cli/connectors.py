"""`counterfoil connectors`: what there is to read from and write to."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import packing


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def connectors(name: str | None, as_json: bool, overlay: tuple[str, ...]) -> None:
    """List the connectors, or describe one."""
    if name:
        found = [packing.connector_details(name, overlay)]
    else:
        found = packing.connector_list(overlay)
    if as_json:
        click.echo(json.dumps(found[0] if name else found, indent=2, ensure_ascii=False))
        return
    table = Table("Connector", "Title", "Reads", "Writes", box=None)
    for each in found:
        reads, writes = ", ".join(each["reads"]), ", ".join(each["writes"])
        table.add_row(each["name"], each["title"], reads, writes)
    Console().print(table)
