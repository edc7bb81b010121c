"""`counterfoil connector`: what other orchestrators import, written into a folder."""

from __future__ import annotations

from pathlib import Path

import click

import node_server.app  # noqa: F401  (declares the routes that are described)
from node_server.orchestrators import node_red, power_automate
from node_server.resources.openapi2 import swagger

_out = click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for it; files of the same names are replaced.",
)


@click.group()
def connector() -> None:
    """Write what other orchestrators import."""


@connector.command(name="power-automate")
@_out
@click.option("--url", required=True, help="Public address of your server, https://…")
def for_power_automate(out: Path, url: str) -> None:
    """Write a custom connector for Power Automate, Logic Apps and Power Apps."""
    try:
        address = power_automate.address_for(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _write(out, power_automate.files(swagger(address)))
    click.echo("next: import apiDefinition.swagger.json as a custom connector, or use paconn")


@connector.command(name="node-red")
@_out
def for_node_red(out: Path) -> None:
    """Write a package of subflows for Node-RED."""
    _write(out, node_red.files())
    click.echo(f"next: in Node-RED's user folder, npm install {out}")


def _write(out: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        place = out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    click.echo(f"wrote {len(files)} files to {out}")
