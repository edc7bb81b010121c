"""`counterfoil control-settings`: what decides how controls judge, always by two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations import configuring
from node_server.operations.controlling.gathering import read_tree

_name = click.argument("name")
_version = click.argument("version", type=click.IntRange(0))
_reason = click.option("--reason", required=True, help="Why; it goes into the audit trail.")


@click.group(name="control-settings", invoke_without_command=True)
@click.pass_context
def control_settings(context: click.Context) -> None:
    """Show, propose, activate what decides how controls judge."""
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@control_settings.command("list")
@acting_options
@options.as_json
@tells
def list_command(*, as_json: bool, **given: Any) -> None:
    """List each control with the version in force; 0 are the usual settings."""
    with desk(given, "read") as at:
        found = configuring.overview(at.house, at.who.tenant)["data"]
    if as_json:
        options.print_json(found)
        return
    for each in found:
        waiting = ", ".join(map(str, each["proposed"]))
        said = f"version {each['version']}" if each["version"] else "the usual"
        click.echo(f"{each['name']}  {said}" + (f"  proposed: {waiting}" if waiting else ""))


@control_settings.command("show")
@_name
@click.option("--versions", is_flag=True, help="Every version too, as JSON.")
@acting_options
@tells
def show(name: str, *, versions: bool, **given: Any) -> None:
    """Print what is in force of NAME, as YAML."""
    with desk(given, "read") as at:
        found = configuring.get(at.house, at.who.tenant, name)
    if versions:
        options.print_json(found)
        return
    click.echo(yaml.safe_dump(found["settings"], allow_unicode=True, sort_keys=False).rstrip())


@control_settings.command("propose")
@_name
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--why", help="Why, for the second person.")
@acting_options
@tells
def propose(name: str, file: Path, why: str | None, **given: Any) -> None:
    """Propose the settings in FILE, YAML or JSON. Somebody else activates them."""
    tree = read_tree(str(file))
    with desk(given, "configure") as at:
        row, new = configuring.propose(at.house, at.who, name, tree, why)
    click.echo(f"{_line(row)}{'' if new else '  (was there)'}")


@control_settings.command("activate")
@_name
@_version
@click.option("--reason", help="Why; it goes into the audit trail.")
@acting_options
@tells
def activate(name: str, version: int, reason: str | None, **given: Any) -> None:
    """Put VERSION of NAME in force, as somebody else than whoever proposed it."""
    with desk(given, "configure") as at:
        click.echo(_line(configuring.activate(at.house, at.who, name, str(version), reason)))


@control_settings.command("reject")
@_name
@_version
@_reason
@acting_options
@tells
def reject(name: str, version: int, reason: str, **given: Any) -> None:
    """Turn VERSION of NAME down, or take it back."""
    with desk(given, "configure") as at:
        click.echo(_line(configuring.reject(at.house, at.who, name, str(version), reason)))


@control_settings.command("rollback")
@_name
@_version
@_reason
@acting_options
@tells
def rollback(name: str, version: int, reason: str, **given: Any) -> None:
    """Propose VERSION of NAME again, which was in force before; 0 are the usual settings."""
    with desk(given, "configure") as at:
        click.echo(_line(configuring.roll_back(at.house, at.who, name, str(version), reason)))


def _line(row: dict[str, Any]) -> str:
    who = row.get("decided_by") or row["proposed_by"]
    return f"{row['name']}  {row['version']}  {row['state']}  {who}"
