"""`counterfoil credentials`: what lets us into other systems, on the machine of the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.connecting import rotating, secrets

tenant_option = click.option("--tenant", default="default", show_default=True, help="Whose it is.")


@click.group()
def credentials() -> None:
    """Put in, list and delete credentials; change the key that seals them.

    Secrets go in and never come out.
    """


@credentials.command(name="kinds")
@click.argument("kind", required=False)
def list_kinds(kind: str | None) -> None:
    """List the kinds, or the parts of one KIND."""
    for each in secrets.kinds():
        if kind in (None, each["kind"]):
            click.echo(f"{each['kind']:20}{each['schema']['title']}")
        if kind == each["kind"]:
            for line in _parts_of(each["schema"]):
                click.echo(line)


def _parts_of(schema: dict[str, Any]) -> list[str]:
    needed = schema.get("required", [])
    return [
        f"  {name:24}{'needed' if name in needed else 'optional':10}"
        f"{'secret' if part.get('writeOnly') else 'shown':8}{part.get('description', '')}"
        for name, part in schema["properties"].items()
    ]


@credentials.command(name="list")
@settings_options
@tenant_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@tells
def list_credentials(config: Path | None, data: str | None, tenant: str, *, as_json: bool) -> None:
    """List credentials, none with its secrets."""
    with opened(effective(config, data=data)) as house:
        rows = secrets.list_credentials(house, tenant, "cli")
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        about = row.get("why") or f"{row['kind']}, version {row['version']}"
        click.echo(f"{row['name']}  {about}")


_parts = click.argument("file", type=click.File("rb"))


@credentials.command(name="add")
@settings_options
@tenant_option
@click.argument("name")
@click.argument("kind")
@_parts
@tells
def add(config: Path | None, data: str | None, tenant: str, **given: Any) -> None:
    """Store a new credential NAME of a KIND, its parts from a JSON FILE (`-`: standard input).

    Parts are not options of the command: other users of a machine can read those.
    """
    body = {"kind": given["kind"], "parts": _read(given["file"]), "version": 0}
    with opened(effective(config, data=data)) as house:
        made, _ = secrets.put(house, tenant, "cli", given["name"], body)
    click.echo(f"{given['name']}: {made['kind']}, version {made['version']}")


@credentials.command(name="replace")
@settings_options
@tenant_option
@click.argument("name")
@_parts
@tells
def replace(config: Path | None, data: str | None, tenant: str, **given: Any) -> None:
    """Put all parts of NAME in anew, from a JSON FILE (`-`: standard input)."""
    with opened(effective(config, data=data)) as house:
        kind = secrets.describe(house, tenant, "cli", given["name"])["kind"]
        body = {"kind": kind, "parts": _read(given["file"])}
        made, _ = secrets.put(house, tenant, "cli", given["name"], body)
    click.echo(f"{given['name']}: {made['kind']}, version {made['version']}")


def _read(file: Any) -> dict[str, str]:
    try:
        parts = json.loads(file.read())
    except ValueError:
        raise click.UsageError('the parts are not JSON; write {"token": "…"}') from None
    if not isinstance(parts, dict) or not all(isinstance(each, str) for each in parts.values()):
        raise click.UsageError('the parts are not texts by name; write {"token": "…"}')
    return parts


@credentials.command(name="delete")
@settings_options
@tenant_option
@click.argument("name")
@tells
def delete(config: Path | None, data: str | None, tenant: str, name: str) -> None:
    """Delete the credential NAME, which no connection may use."""
    with opened(effective(config, data=data)) as house:
        secrets.remove(house, tenant, "cli", name)
    click.echo(f"{name} is gone")


@credentials.command(name="rotate")
@settings_options
@click.option(
    "--drop-old", is_flag=True, help="No new key: take out those that nothing needs any more."
)
@tells
def rotate(config: Path | None, data: str | None, *, drop_old: bool) -> None:
    """Seal all secrets of all tenants under a new master key, while the server works.

    A key of the data folder is made here. One that comes from the settings is put in front of the
    old one there (`COUNTERFOIL_MASTER_KEY=new:…,old:…`); restart, and then run this. The old one
    stays until `--drop-old`, which is for later: for when backups sealed under it are not needed.
    """
    with opened(effective(config, data=data)) as house:
        new_key = house.keys.are_ours and not drop_old
        done = rotating.rotate(house, new_key=new_key, drop=drop_old)
    click.echo(f"{done.changed} sealed anew under {done.key}")
    if done.dropped:
        click.echo(f"keys that are gone: {', '.join(done.dropped)}")
    if done.unreadable:
        found = ", ".join(done.unreadable[:10])
        raise click.ClickException(f"no key at hand opens {found}; bring the key back")
