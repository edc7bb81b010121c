"""`counterfoil samples`: goldens of a connector's samples."""

from __future__ import annotations

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import packing


@click.command()
@click.argument("connector")
@click.option("--write", "writing", is_flag=True, required=True, help="Write missing goldens.")
@click.option("--force", is_flag=True, help="Write all of them anew.")
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def samples(connector: str, writing: bool, force: bool, overlay: tuple[str, ...]) -> None:
    """Write the goldens of CONNECTOR's samples; read them before you keep them."""
    written = packing.goldens(connector, overlay, force=force)
    for path in written:
        click.echo(f"wrote {path}; read it")
    if not written:
        click.echo("every sample has its golden; --force writes them anew")
