"""`counterfoil connections`: which systems are connected, and whether they work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from node_server.cli.credentials import tenant_option
from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.connecting import connections as connecting
from node_server.operations.connecting import testing

_MOST = 1000


@click.group(name="connections", invoke_without_command=True)
@click.pass_context
def connections(context: click.Context) -> None:
    """List, show, try and delete connections; `counterfoil connect` makes them."""
    if context.invoked_subcommand is None:
        context.invoke(list_connections)


@connections.command(name="list")
@settings_options
@tenant_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@tells
def list_connections(
    config: Path | None = None,
    data: str | None = None,
    tenant: str = "default",
    *,
    as_json: bool = False,
) -> None:
    """List connections with their state."""
    with opened(effective(config, data=data)) as house:
        rows = connecting.page(house, tenant, after="", limit=_MOST)["data"]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("Connection", "Connector", "Environment", "State", "Last call", box=None)
    for row in rows:
        why = f": {row['why']}" if "why" in row else ""
        state, last = row["state"] + why, row.get("last_ok_at", "")[:19]
        table.add_row(row["id"], row["connector"], row["environment"], state, last)
    Console().print(table)


@connections.command(name="show")
@settings_options
@tenant_option
@click.argument("connection_id")
@tells
def show(config: Path | None, data: str | None, tenant: str, connection_id: str) -> None:
    """Show the connection CONNECTION_ID as JSON, without its secrets."""
    with opened(effective(config, data=data)) as house:
        row = connecting.get(house, tenant, connection_id)
    click.echo(json.dumps(row, indent=2, ensure_ascii=False))


@connections.command(name="test")
@settings_options
@tenant_option
@click.argument("connection_id")
@tells
def test(config: Path | None, data: str | None, tenant: str, connection_id: str) -> None:
    """Say what works of CONNECTION_ID: settings, credential, token, a call that reads."""
    with opened(effective(config, data=data)) as house:
        found = testing.test(house, tenant, "cli", connection_id)
    tell_checks(found)
    if not found["ok"]:
        raise SystemExit(1)


def tell_checks(found: dict[str, Any]) -> None:
    """One line for each check."""
    for each in found["checks"]:
        mark = "ok" if each["ok"] else "FAILED"
        click.echo(f"{mark:7}{each['check']:11}{each['message']} ({each['milliseconds']} ms)")


@connections.command(name="delete")
@settings_options
@tenant_option
@click.argument("connection_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@tells
def delete(
    config: Path | None, data: str | None, tenant: str, connection_id: str, *, yes: bool
) -> None:
    """Delete CONNECTION_ID with its own credential; what was sent through it stays.

    The consent is taken back where the other system has an address for that.
    """
    if not yes:
        click.confirm(f"Delete {connection_id} and what lets us in there?", abort=True)
    with opened(effective(config, data=data)) as house:
        told = connecting.disconnect(house, tenant, "cli", connection_id)
    click.echo(f"{connection_id} is gone" + (f"; {told}" if told else ""))
