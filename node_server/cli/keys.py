"""`counterfoil keys`: who may call the server."""

from __future__ import annotations

from pathlib import Path

import click

from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import Refusal
from node_server.operations import access


@click.group()
def keys() -> None:
    """Make, list and revoke API keys, on the machine of the server."""


@keys.command(name="new")
@settings_options
@click.argument("name")
@click.option("--tenant", default="default", show_default=True, help="Whose key it is.")
@click.option("--role", "roles", multiple=True, required=True, help="What it may do; repeatable.")
@click.option("--expires", help="When it stops to work, RFC 3339 in UTC.")
def new_key(
    config: Path | None,
    data: str | None,
    name: str,
    tenant: str,
    roles: tuple[str, ...],
    expires: str | None,
) -> None:
    """Make a key called NAME; it is shown this once.

    A tenant begins with its first key.
    """
    with opened(effective(config, data=data)) as house:
        try:
            made = access.make_key(house, tenant, name, list(roles), expires_at=expires)
        except Refusal as error:
            raise click.UsageError(error.message) from None
    click.echo(made["key"])


@keys.command(name="list")
@settings_options
@click.option("--tenant", default="default", show_default=True, help="Whose keys.")
def list_keys(config: Path | None, data: str | None, tenant: str) -> None:
    """List the keys of a tenant, none of them whole."""
    with opened(effective(config, data=data)) as house:
        rows = access.list_keys(house, tenant)["data"]
    for row in rows:
        state = "revoked" if "revoked_at" in row else f"used {row.get('last_used_at', 'never')}"
        click.echo(f"{row['id']}  {row['hint']}  {' '.join(row['roles'])}  {row['name']}  {state}")


@keys.command(name="revoke")
@settings_options
@click.argument("key_id")
@click.option("--tenant", default="default", show_default=True, help="Whose key it is.")
def revoke_key(config: Path | None, data: str | None, key_id: str, tenant: str) -> None:
    """Let the key KEY_ID in no more."""
    with opened(effective(config, data=data)) as house:
        try:
            access.revoke_key(house, tenant, key_id, "cli")
        except Refusal as error:
            raise click.UsageError(error.message) from None
    click.echo(f"{key_id} lets nobody in any more")
