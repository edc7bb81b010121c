"""`counterfoil check`: whether connectors are whole."""

from __future__ import annotations

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import packing


@click.command()
@click.argument("connector", required=False)
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def check(connector: str | None, overlay: tuple[str, ...]) -> None:
    """Check rooms, manifest, maps and goldens of CONNECTOR, or of all; tells all problems."""
    found = packing.check(connector, overlay)
    for name, problems in found.items():
        verdict = click.style("whole", fg="green") if not problems else f"{len(problems)} problems"
        click.echo(f"{name}: {verdict}")
        for problem in problems:
            click.echo(f"  {problem}")
    raise SystemExit(1 if any(found.values()) else 0)
