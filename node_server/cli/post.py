"""`counterfoil post`: a document to another system, exactly once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.auth import Principal, principal
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import refusal_of
from node_server.operations.house import House
from node_server.operations.posting import driving, planning, showing
from node_server.operations.posting.attachments import CHOICES
from node_server.operations.posting.planning import Wish


def someone(tenant: str) -> Principal:
    """Whoever works on the machine of the server."""
    return principal(tenant, "cli", "cli", frozenset({"admin"}))


@click.command()
@settings_options
@click.argument("connection")
@click.argument("documents", nargs=-1, required=True)
@click.option("--tenant", default="default", show_default=True, help="Whose connection it is.")
@click.option("--resource", help="The target's kind of record, where several take the document.")
@click.option("--action", default="create", show_default=True, help="create, update or void.")
@click.option("--after", help="Record or counterfoil that must be confirmed there first.")
@click.option(
    "--attach",
    type=click.Choice(CHOICES),
    help="Files to attach to the record there: what the document was read from, who approved it.",
)
@click.option("--wait", default=60, show_default=True, help="Seconds to wait for each outcome.")
@click.option("--dry-run", is_flag=True, help="Show the exact request; nothing is sent.")
def post(
    config: Path | None,
    data: str | None,
    connection: str,
    documents: tuple[str, ...],
    tenant: str,
    wait: int,
    *,
    dry_run: bool,
    **wanted: Any,
) -> None:
    """Post DOCUMENTS, by their ids, to CONNECTION.

    The same again is not sent again: its stored outcome is shown. Exits with 1 where a document is
    not confirmed.
    """
    good = True
    with opened(effective(config, data=data)) as house:
        for each in documents:
            wish = Wish(each, **wanted)
            good &= _posted(house, tenant, connection, wish, 0 if dry_run else wait, dry_run)
    raise SystemExit(0 if good else 1)


def _posted(
    house: House, tenant: str, connection: str, wish: Wish, wait: int, dry_run: bool
) -> bool:
    try:
        if dry_run:
            _show_request(planning.preview(house, someone(tenant), connection, wish))
            return True
        planned = planning.plan(house, someone(tenant), connection, wish)
        row = driving.driven(house, planned.row, wait)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        click.echo(f"{wish.document}  not posted: {refusal.message}", err=True)
        return False
    click.echo(showing.line(row, replayed=planned.replayed))
    return bool(row["state"] == "confirmed")


def _show_request(planned: planning.Planned) -> None:
    said = showing.request_shown(planned.row)
    if said is None:
        why = planned.row["why"] or f"it waits for {planned.row['waits_for']}"
        click.echo(f"nothing would be sent yet: {why}")
        return
    click.echo(f"{said['method']} {said['url']}")
    for name, value in said["headers"].items():
        click.echo(f"{name}: {value}")
    click.echo(f"\n{said.get('body', '(not text)')}")
