"""`counterfoil reconciliations`: bank lines and what they settle, over the store."""

from __future__ import annotations

import datetime
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations.reconciling import deciding, running, showing
from node_server.operations.reconciling.gathering import Scope

_STATES = ("proposed", "accepted", "rejected", "undone", "superseded")
_DAY = click.DateTime(["%Y-%m-%d"])
_MOST = 1000
_proposal = click.argument("proposal")
_reason = click.option("--reason", required=True, help="Why; it goes into the history.")


@click.group()
def reconciliations() -> None:
    """Reconcile what is stored, and decide on what is proposed."""


@reconciliations.command("run")
@click.option("--account", help="Only the bank lines of this account.")
@click.option("--from", "first", type=_DAY, help="Only bank lines of this day and later.")
@click.option("--to", "last", type=_DAY, help="Only bank lines up to this day.")
@acting_options
@tells
def run_command(
    account: str | None,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    **given: Any,
) -> None:
    """Hold what is left over against what is open; what is sure is carried out."""
    scope = Scope(account, first and first.date(), last and last.date())
    with desk(given, "step") as at:
        told = running.run(at.house, at.who.tenant, at.who.id, scope)
    click.echo(
        f"{told['lines']} bank lines, {told['items']} open documents: {told['accepted']} accepted, "
        f"{told['proposed']} proposed, {told['unmatched']} left over"
    )


@reconciliations.command("list")
@click.option("--state", type=click.Choice(_STATES), default="proposed", show_default=True)
@click.option("--document", help="Only those about this record.")
@acting_options
@options.as_json
@tells
def list_command(state: str, document: str | None, *, as_json: bool, **given: Any) -> None:
    """List proposals with their bank lines and documents."""
    filters = {"state": state, "document": document}
    with desk(given, "read") as at:
        page = showing.page(at.house, at.who.tenant, filters, cursor=None, limit=_MOST)
    if as_json:
        options.print_json(page["data"])
        return
    for each in page["data"]:
        said = each["proposal"]
        lines = ", ".join(f"{part['line']} {part['amount']}" for part in said["lines"])
        items = ", ".join(f"{part['item']} {part['settled']}" for part in said["items"])
        click.echo(f"{each['id']}  {each['score']:>6}  {each['strength']}  {lines} -> {items}")


@reconciliations.command("show")
@_proposal
@acting_options
@tells
def show_command(proposal: str, **given: Any) -> None:
    """Show PROPOSAL with its reasons and history."""
    with desk(given, "read") as at:
        options.print_json(showing.show(at.house, at.who.tenant, proposal))


@reconciliations.command("accept")
@_proposal
@click.option("--reason", help="Why; it goes into the history.")
@acting_options
@tells
def accept_command(proposal: str, reason: str | None, **given: Any) -> None:
    """Settle the documents of PROPOSAL by its bank lines."""
    with desk(given, "step") as at:
        _tell(deciding.accept(at.house, at.who, proposal, reason))


@reconciliations.command("reject")
@_proposal
@_reason
@acting_options
@tells
def reject_command(proposal: str, reason: str, **given: Any) -> None:
    """Say no to PROPOSAL: it is not proposed again."""
    with desk(given, "step") as at:
        _tell(deciding.reject(at.house, at.who, proposal, reason))


@reconciliations.command("undo")
@_proposal
@_reason
@acting_options
@tells
def undo_command(proposal: str, reason: str, **given: Any) -> None:
    """Open again what PROPOSAL had settled."""
    with desk(given, "step") as at:
        _tell(deciding.undo(at.house, at.who, proposal, reason))


def _tell(now: dict[str, Any]) -> None:
    click.echo(f"{now['id']}  {now['state']}")
