"""`counterfoil reconcile`: bank lines and what they settle."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding


@click.command()
@options.paths
@options.context
@click.option("--policy", type=click.Path(), help="YAML file: accept_at, propose_at, days, ….")
@options.as_json
@tells
def reconcile(paths: tuple[str, ...], policy: str | None, *, as_json: bool, **given: Any) -> None:
    """Match the bank statements in PATHS with the invoices, credit notes and payments there.

    What rests on a strong reference is accepted, the rest proposed. Exits with 1 where a bank line
    is left over.
    """
    how = options.how_of(given)
    outcome = deciding.reconciled(options.read(paths, how), policy, how.context)
    if as_json:
        options.print_json(outcome)
    else:
        _show(outcome)
    raise SystemExit(1 if outcome.get("unmatched_lines") else 0)


def _show(outcome: dict[str, Any]) -> None:
    for each in outcome.get("proposals", ()):
        decision = options.colour(each["decision"], bad=each["decision"] != "accept")
        lines = ", ".join(f"{part['line']} {part['amount']}" for part in each["lines"])
        items = ", ".join(part["item"] for part in each["items"])
        click.echo(f"{decision} {each['score']}  {lines} -> {items}")
        for reason in each.get("reasons", ()):
            click.echo(f"    {reason['weight']:>6}  {reason['why']}")
    for each in outcome.get("unmatched_lines", ()):
        click.echo(f"{options.colour('left over', bad=True)}  {each['handle']}: {each['why']}")
    for handle in outcome.get("open_items", ()):
        click.echo(f"still open  {handle}")
