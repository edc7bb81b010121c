"""`counterfoil accruals`: what was received and not invoiced on a closing day."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations import accruing
from node_server.operations.controlling import deciding

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@options.some_paths
@click.option("--on", type=_day, help="Closing day; today where none is stated.")
@click.option("--accrued", help="Account of what we owe; with --expense the journals are made.")
@click.option("--expense", help="Account for order lines that name none.")
@click.option("--reversed-on", type=_day, help="Day of the reversal; the day after, else.")
@click.option("--tolerances", type=click.Path(), help="YAML file of conversions and the like.")
@options.context
@click.option("--stored", is_flag=True, help="Of the documents in the store, not of files.")
@settings_options
@options.as_json
@tells
def accruals(
    paths: tuple[str, ...],
    config: Path | None,
    data: str | None,
    tolerances: str | None,
    *,
    stored: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Report what was received and not invoiced, from the orders, receipts, returns and invoices
    in PATHS, oldest order first; with accounts, the accrual journals and their reversals too."""
    asked = _asked(given)
    how = options.how_of(given)
    if stored:
        with opened(effective(config, data=data)) as house:
            report = accruing.report(house, how.context.tenant, *asked)
    else:
        found = options.read(options.needed(paths), how)
        report = deciding.accrued_of(found, tolerances, *asked)
    if as_json:
        options.print_json(report)
    else:
        _show(report)


def _asked(
    given: dict[str, Any],
) -> tuple[datetime.date, tuple[str, str] | None, datetime.date | None]:
    on, back = given.pop("on"), given.pop("reversed_on")
    accrued, expense = given.pop("accrued"), given.pop("expense")
    if (accrued is None) != (expense is None):
        raise click.UsageError("journals need both --accrued and --expense")
    day = on.date() if on else datetime.datetime.now(datetime.UTC).date()
    return day, (accrued, expense) if accrued else None, back.date() if back else None


def _show(report: dict[str, Any]) -> None:
    if not report.get("lines"):
        click.echo(f"on {report['on']} nothing that was received is left to be invoiced")
    for each in report.get("lines", ()):
        order = f"{each.get('order', 'no number')} line {each['line']}"
        amount = f"{each.get('amount', 'no price')} {each.get('currency', '')}".strip()
        age = f", {each['age_days']} days" if "age_days" in each else ""
        click.echo(f"{order}: {each['open']} {each.get('unit', '')} open, {amount}{age}")
    for each in report.get("unplaced", ()):
        receipt = each.get("receipt", "without number")
        click.echo(f"receipt {receipt} line {each['line']}: for no order line")
    for each in report.get("totals", ()):
        click.echo(f"total {each['amount']} {each['currency']}")
    for each in report.get("journals", ()):
        entry, back = each["entry"], each["reversal"]
        click.echo(f"journal {entry['number']}, reversed by {back['number']}")
