"""`counterfoil landed-cost`: freight, duty and insurance onto the goods they were paid for."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding


@click.command("landed-cost")
@options.paths
@click.option(
    "--cost", "costs", nargs=3, multiple=True, metavar="NAME AMOUNT BASIS",
    help="A cost, spread by value, weight, volume, quantity or line; repeatable.",
)  # fmt: skip
@click.option("--costs", "sheet", type=click.Path(), help="YAML file: costs, conversions.")
@click.option("--currency", help="Currency of all amounts.")
@options.context
@options.as_json
@tells
def landed_cost(
    paths: tuple[str, ...],
    costs: tuple[tuple[str, str, str], ...],
    sheet: str | None,
    currency: str | None,
    *,
    as_json: bool,
    **given: Any,
) -> None:
    """Spread costs over the receipts in PATHS, in whole coins and with exactly the sum.

    Give the orders too, where receipts state no value. Exits with 1 where a cost cannot be spread.
    """
    named = [{"name": n, "amount": amount, "basis": basis} for n, amount, basis in costs]
    found = options.read(paths, options.how_of(given))
    landed = deciding.landed(found, sheet, named, currency)
    if as_json:
        options.print_json(landed)
    else:
        _show(landed)
    raise SystemExit(1 if landed.get("unallocated") else 0)


def _show(landed: dict[str, Any]) -> None:
    for each in landed.get("lines", ()):
        receipt = each.get("receipt", "without number")
        shares = ", ".join(f"{part['cost']} {part['amount']}" for part in each.get("shares", ()))
        unit = f", {each['unit_cost']} a unit" if "unit_cost" in each else ""
        click.echo(f"{receipt} line {each['line']}: {each['landed']} ({shares}){unit}")
    for each in landed.get("unallocated", ()):
        mark = options.colour("not spread", bad=True)
        click.echo(f"{mark} {each['cost']} {each['amount']}: {each['message']}")
