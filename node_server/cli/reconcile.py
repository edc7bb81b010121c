"""`counterfoil reconcile`: bank lines and what they settle."""

from __future__ import annotations

import datetime
from typing import Any, NoReturn

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding, leftovers


@click.command()
@options.paths
@options.context
@click.option("--policy", type=click.Path(), help="YAML file: accept_at, propose_at, days, ….")
@click.option("--ageing", is_flag=True, help="Show how old the rest is instead.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the ageing; today without.")
@options.as_json
@tells
def reconcile(
    paths: tuple[str, ...],
    policy: str | None,
    on: datetime.datetime | None,
    *,
    ageing: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Match the bank statements in PATHS with the invoices, credit notes and payments there.

    What rests on a strong reference is accepted, the rest proposed. Exits with 1 where a bank line
    is left over; with --ageing where anything is.
    """
    how = options.how_of(given)
    found = options.read(paths, how)
    if ageing:
        day = (on or datetime.datetime.now(datetime.UTC)).date()
        _aged(leftovers.aged(found, policy, how.context, day), as_json=as_json)
    outcome = deciding.reconciled(found, policy, how.context)
    if as_json:
        options.print_json(outcome)
    else:
        _show(outcome)
    raise SystemExit(1 if outcome.get("unmatched_lines") else 0)


def _aged(table: dict[str, Any], *, as_json: bool) -> NoReturn:
    rows = table.get("rows", ())
    if as_json:
        options.print_json(table)
    for row in () if as_json else rows:
        money = f"{row['amount']} {row.get('currency', '')}".rstrip()
        click.echo(f"{row['side']:10}  {row['bucket']:8}  {row['count']:6}  {money}")
    raise SystemExit(1 if rows else 0)


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
