"""`counterfoil counterfoils`: what was sent to other systems, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from node_server.cli.post import someone
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.posting import resolving, showing
from node_server.operations.posting.resolving import Finding

_F = TypeVar("_F", bound=Callable[..., Any])
_STATES = ("pending", "sent", "confirmed", "refused", "uncertain", "dead", "held")


@click.group()
def counterfoils() -> None:
    """Show what was sent to other systems, and settle what is uncertain, held or given up."""


def _options(command: _F) -> _F:
    tenant = click.option("--tenant", default="default", show_default=True, help="Whose they are.")
    return settings_options(tenant(command))


@counterfoils.command(name="list")
@_options
@click.option("--state", type=click.Choice(_STATES), help="Only in this state.")
@click.option("--connection", help="Only on this connection.")
@click.option("--document", help="Only of this record.")
def list_command(
    config: Path | None,
    data: str | None,
    tenant: str,
    state: str | None,
    connection: str | None,
    document: str | None,
) -> None:
    """List them, oldest first."""
    filters = {"state": state, "connection_id": connection, "record_id": document}
    with opened(effective(config, data=data)) as house:
        for line in showing.lines(house, tenant, filters):
            click.echo(line)


@counterfoils.command(name="show")
@_options
@click.argument("key")
def show_command(config: Path | None, data: str | None, tenant: str, key: str) -> None:
    """Show the one whose key begins with KEY: its request, and every exchange."""
    with opened(effective(config, data=data)) as house:
        said = _refused(lambda: showing.get_counterfoil(house, tenant, _whole(house, tenant, key)))
    click.echo(msgspec.json.format(msgspec.json.encode(said), indent=2).decode())


@counterfoils.command(name="retry")
@_options
@click.argument("key")
@click.option("--reason", required=True, help="Why; it goes into the audit trail.")
def retry_command(
    config: Path | None, data: str | None, tenant: str, key: str, reason: str
) -> None:
    """Try again what was refused, given up or held; what is in doubt is looked for first."""
    with opened(effective(config, data=data)) as house:
        who = someone(tenant)
        said = _refused(lambda: resolving.retry(house, who, _whole(house, tenant, key), reason))
    click.echo(
        f"{said['key'][:16]}  {said['state']}; a server or `counterfoil work` goes on with it"
    )


@counterfoils.command(name="resolve")
@_options
@click.argument("key")
@click.argument("outcome", type=click.Choice(["applied", "not_applied"]))
@click.option("--target-id", help="Its id there, if it is there.")
@click.option("--reason", required=True, help="What you have found; it goes into the audit trail.")
def resolve_command(
    config: Path | None,
    data: str | None,
    tenant: str,
    key: str,
    outcome: str,
    target_id: str | None,
    reason: str,
) -> None:
    """Settle the one whose key begins with KEY by what you have seen in the target."""
    finding = Finding(outcome, reason, target_id)  # type: ignore[arg-type]
    with opened(effective(config, data=data)) as house:
        who = someone(tenant)
        said = _refused(lambda: resolving.resolve(house, who, _whole(house, tenant, key), finding))
    click.echo(f"{said['key'][:16]}  {said['state']}")


def _whole(house: House, tenant: str, key: str) -> str:
    return showing.whole_key(house, tenant, key)


def _refused(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except Refusal as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise click.UsageError(f"{error.message}{hint}") from None
