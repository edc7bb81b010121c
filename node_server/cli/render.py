"""`counterfoil render`: canonical documents to another system's payload."""

from __future__ import annotations

from typing import IO

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.cli.validate import show_issue
from node_server.operations.rendering import render as make


@click.command()
@click.argument("connector")
@click.argument("resource")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.File("rb"))
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def render(
    connector: str, resource: str, files: tuple[IO[bytes], ...], overlay: tuple[str, ...]
) -> None:
    """Write the canonical documents in FILE... as RESOURCE of CONNECTOR, to standard output."""
    payload, issues = make([file.read() for file in files], connector, resource, overlay)
    click.echo(payload, nl=False)
    for issue in issues:
        show_issue(issue)
    raise SystemExit(1 if issues else 0)
