"""`counterfoil schema`: the JSON Schemas of the model."""

from __future__ import annotations

import json

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import describing


@click.command()
@click.argument("kind", required=False, default="document")
@click.option("--list", "listed", is_flag=True, help="List the names there are.")
@click.option("--example", "wants_example", is_flag=True, help="Print a valid document instead.")
@calls_it_wrong_usage
def schema(kind: str, listed: bool, wants_example: bool) -> None:
    """Print the JSON Schema of KIND (2020-12); without KIND, of any document."""
    if listed:
        click.echo("\n".join(describing.schema_names()))
    elif wants_example:
        click.echo(describing.example(kind), nl=False)
    else:
        click.echo(json.dumps(describing.schema(kind), indent=2, ensure_ascii=False))
