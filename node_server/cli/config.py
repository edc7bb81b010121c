"""`counterfoil config`: the settings as they stand."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from node_server.cli.settings_options import effective, settings_options
from node_server.config import PREFIX, shown


@click.command(name="config")
@settings_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config_command(config: Path | None, data: str | None, as_json: bool) -> None:
    """Show the effective settings, secrets hidden, and what each is for.

    A setting is given in the environment (COUNTERFOIL_PORT), in a TOML file (port = 8400), or as an
    option of `serve` where it has one; the later named is the stronger.
    """
    rows = shown(effective(config, data=data))
    if as_json:
        click.echo(json.dumps({name: value for name, value, _ in rows}, indent=2))
        return
    table = Table("Setting", "Value", "In the environment", "What it is for", box=None)
    for name, value, meaning in rows:
        table.add_row(name, value, PREFIX + name.upper(), meaning)
    Console().print(table)
