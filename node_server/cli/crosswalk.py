"""`counterfoil crosswalk`: what we call a thing, and what a target calls it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.crosswalking import masters, suggesting, walks
from node_server.operations.crosswalking.naming import KINDS

_ACTOR = "cli"
_MOST_SHOWN = 100_000
_kind = click.argument("kind", type=click.Choice(KINDS))
_tenant = click.option(
    "--tenant", default="default", show_default=True, help="Whose connection it is."
)


@click.group()
def crosswalk() -> None:
    """What we call a supplier, an account, a tax code, and what a target calls it.

    A table that has rows is binding: what it does not know is held before anything is sent.
    """


@crosswalk.command("show")
@settings_options
@click.argument("connection")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@_tenant
@tells
def show(
    config: Path | None, data: str | None, connection: str, kind: str | None, tenant: str
) -> None:
    """Show the tables of CONNECTION, or the rows of one KIND, proposals included."""
    with opened(effective(config, data=data)) as house:
        if kind is None:
            rows = walks.overview(house, tenant, connection)
            for row in rows:
                click.echo(f"{row['kind']:10} {row['rows']:6} rows {row['masters']:6} there")
            return
        page = walks.page(house, tenant, connection, kind, after="", limit=_MOST_SHOWN)
        for row in page["data"]:
            click.echo(_line(row))


@crosswalk.command("put")
@settings_options
@click.argument("connection")
@_kind
@click.argument("file", type=click.File("rb"))
@_tenant
@tells
def put(
    config: Path | None, data: str | None, connection: str, kind: str, file: Any, tenant: str
) -> None:
    """Put the rows of a CSV FILE (value,target,label) into the table of KIND."""
    with opened(effective(config, data=data)) as house:
        rows = walks.from_csv(file.read())
        kept = walks.put(house, tenant, _ACTOR, connection, kind, rows)
    click.echo(f"{kept} rows kept")


@crosswalk.command("get")
@settings_options
@click.argument("connection")
@_kind
@_tenant
@tells
def get(config: Path | None, data: str | None, connection: str, kind: str, tenant: str) -> None:
    """Write the confirmed rows of KIND as CSV to standard output."""
    with opened(effective(config, data=data)) as house:
        sys.stdout.buffer.write(walks.to_csv(house, tenant, connection, kind))


@crosswalk.command("confirm")
@settings_options
@click.argument("connection")
@_kind
@click.argument("value")
@_tenant
@tells
def confirm(
    config: Path | None, data: str | None, connection: str, kind: str, value: str, tenant: str
) -> None:
    """Agree with the proposal for VALUE; it is used from now on."""
    with opened(effective(config, data=data)) as house:
        row = walks.confirm(house, tenant, _ACTOR, connection, kind, value)
    click.echo(_line(row))


@crosswalk.command("suggest")
@settings_options
@click.argument("connection")
@_tenant
@tells
def suggest(config: Path | None, data: str | None, connection: str, tenant: str) -> None:
    """Read the target's own lists, and propose rows for what documents name."""
    with opened(effective(config, data=data)) as house:
        there = masters.read(house, tenant, connection)
        made = suggesting.suggest(house, tenant, _ACTOR, connection)
    for kind, count in there.items():
        click.echo(f"{kind:10} {count:6} there {made.get(kind, 0):6} proposed")


def _line(row: dict[str, Any]) -> str:
    mark = "" if row["state"] == "confirmed" else f"  proposed, {row.get('score', '?')} of 100"
    label = f" ({row['label']})" if row.get("label") else ""
    return f"{row['value']} -> {row['target']}{label}{mark}"
