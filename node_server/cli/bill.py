"""`counterfoil bill`: invoices for what was shipped, credit notes for what came back."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import drafting


@click.command()
@options.paths
@click.option("--settings", type=click.Path(), help="YAML file: prefixes, due_days, taxes.")
@options.context
@options.as_json
@tells
def bill(paths: tuple[str, ...], settings: str | None, *, as_json: bool, **given: Any) -> None:
    """Draft invoices for the shipments in PATHS and credit notes for the returns, at the prices of
    the orders and invoices there. Exits with 1 where something cannot be billed."""
    how = options.how_of(given)
    found = drafting.drafted(options.read(paths, how), settings, how.context)
    if as_json:
        options.print_json(found)
    for each in [] if as_json else found:
        _show(each)
    raise SystemExit(1 if any(each["problems"] for each in found) else 0)


def _show(draft: dict[str, Any]) -> None:
    document = draft.get("document")
    if document is not None:
        payable = f"{document['totals']['payable']} {document.get('currency', '')}".strip()
        kind = document["kind"].replace("_", " ")
        click.echo(f"{draft['file']}: {kind} {document.get('number', 'no number')} {payable}")
    for each in draft["problems"]:
        mark = options.colour("not billed", bad=True)
        line = f"line {each['line']}: " if "line" in each else ""
        click.echo(f"{draft['file']}: {mark}: {line}{each['message']}")
