"""`counterfoil approvals`: what waits for somebody's word, and giving it."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations.policing import approving, waiting
from node_server.operations.policing.approving import Verdict, Word

_MOST = 1000


@click.group()
def approvals() -> None:
    """Show what waits for approval, approve it, reject it."""


@approvals.command("list")
@click.option("--all", "every", is_flag=True, help="Everybody's, for controllers and auditors.")
@acting_options
@options.as_json
@tells
def list_command(*, every: bool, as_json: bool, **given: Any) -> None:
    """List the steps that you may take now, oldest first."""
    with desk(given, "read") as at:
        found = waiting.inbox(at.house, at.who, every=every, cursor=None, limit=_MOST)["data"]
    if as_json:
        options.print_json(found)
        return
    for each in found:
        amount = f"{each.get('amount', '')} {each.get('currency', '')}".strip()
        named = each.get("number", ""), each.get("counterparty", ""), amount
        click.echo("  ".join([each["document"], *filter(None, named)]))
        due = f", due {each['due']}" if "due" in each else ""
        click.echo(f"  step {each['step']} of {each['policy']}{due}: {', '.join(each['may'])}")


@approvals.command("show")
@click.argument("document")
@acting_options
@tells
def show(document: str, **given: Any) -> None:
    """Show how far the approvals of DOCUMENT are."""
    with desk(given, "read") as at:
        options.print_json(waiting.of_document(at.house, at.who.tenant, document))


_policy = click.option("--policy", help="Where several policies ask for a step of this name.")
_instead = click.option("--instead-of", help="In whose place; refused where that is not so.")


@approvals.command("approve")
@click.argument("document")
@click.argument("step")
@click.option("--reason", help="Why; it stays on record.")
@_policy
@_instead
@acting_options
@tells
def approve(document: str, step: str, **given: Any) -> None:
    """Approve DOCUMENT in STEP, with your key."""
    _take("approve", document, step, given)


@approvals.command("reject")
@click.argument("document")
@click.argument("step")
@click.option("--reason", required=True, help="Why; it stays on record.")
@_policy
@_instead
@acting_options
@tells
def reject(document: str, step: str, **given: Any) -> None:
    """Reject DOCUMENT in STEP, with your key."""
    _take("reject", document, step, given)


def _take(verdict: Verdict, document: str, step: str, given: dict[str, Any]) -> None:
    stated = {name: given.pop(name) for name in ("reason", "policy", "instead_of")}
    with desk(given, "approve") as at:
        said = approving.take(at.house, at.who, document, Word(step, verdict, **stated))
    click.echo(f"{document}  {said['document']['state']}")
    for each in said["approvals"]:
        for left in each.get("steps", ()):
            if left["state"] == "open":
                click.echo(f"  still open: {left['id']}: {', '.join(left.get('may', ()))}")
