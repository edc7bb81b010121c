"""`counterfoil n8n`: the community-node package for n8n, built from this server's own API."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click

import node_server.app  # noqa: F401  (declares the routes that the package is made from)
from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import n8n_package
from node_server.operations.n8n_package import Wish
from node_server.resources.openapi import openapi


@click.group()
def n8n() -> None:
    """Build the node package for n8n, and put it into a local one."""


@n8n.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the package.",
)
@click.option(
    "--brand",
    default="counterfoil",
    show_default=True,
    help="Names the package: n8n-nodes-<brand>.",
)
@click.option("--name", help="What people read; the brand in capitals unless stated.")
@click.option(
    "--icon",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="SVG of the main node.",
)
@click.option(
    "--connectors", help="Nodes for these systems alone, parted by commas; `none` for none."
)
@click.option("--repository", help="Public address of the package's repository.")
@click.option("--author", help="Whose it is.")
@click.option("--email", help="How to reach the author.")
@click.option("--release", help="Version of the package.")
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def build(
    out: Path,
    connectors: str | None,
    icon: Path | None,
    overlay: str | None,
    brand: str,
    **stated: str | None,
) -> None:
    """Write a whole package into a folder: TypeScript, icons, README, workflows."""
    chosen = tuple(each.strip() for each in (connectors or "").split(",") if each.strip())
    wish = Wish(
        brand=brand, chosen=chosen, icon=icon.read_text("utf-8") if icon else None,
        overlay=(overlay,) if overlay else None,
        stated={name: value for name, value in stated.items() if value},
    )  # fmt: skip
    click.echo(f"wrote {n8n_package.build(openapi(''), wish, out)} to {out}")
    click.echo(f"next: cd {out} && npm install && npm run build && npm run lint")


@n8n.command()
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="N8N_USER_FOLDER",
    help="n8n's user folder; your home folder unless stated.",
)
def install(package: Path, into: Path | None) -> None:
    """Put a built package, a folder or a tarball of npm pack, into a local n8n."""
    npm = shutil.which("npm")
    if npm is None:
        raise click.ClickException("npm is not there; n8n needs it too, so install Node.js")
    nodes = (into or Path.home()) / ".n8n" / "nodes"
    nodes.mkdir(parents=True, exist_ok=True)
    if package.is_dir() and not (package / "dist").is_dir():
        raise click.ClickException(f"{package} is not built; run npm run build in it")
    command = [npm, "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
    what = _packed(npm, package, nodes) if package.is_dir() else package.resolve()
    done = subprocess.run([*command, str(what)], cwd=nodes, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"npm could not install it: {done.stderr.strip()[-300:]}")
    click.echo(f"installed into {nodes}; start n8n again to see it")


def _packed(npm: str, package: Path, nodes: Path) -> Path:
    """The tarball of a folder: what is installed is what would be published."""
    command = [npm, "pack", "--ignore-scripts", "--silent", "--pack-destination", str(nodes)]
    done = subprocess.run(command, cwd=package, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"npm could not pack it: {done.stderr.strip()[-300:]}")
    return nodes / done.stdout.strip().splitlines()[-1]
