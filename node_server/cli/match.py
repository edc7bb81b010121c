"""`counterfoil match`: invoices against orders and receipts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.controlling import deciding
from node_server.operations.matching import matching


@click.command()
@options.some_paths
@options.context
@click.option("--tolerances", type=click.Path(), help="YAML file of tolerances and conversions.")
@click.option("--stored", multiple=True, metavar="ID", help="A stored document; repeatable.")
@settings_options
@options.as_json
@tells
def match(
    paths: tuple[str, ...],
    tolerances: str | None,
    stored: tuple[str, ...],
    config: Path | None,
    data: str | None,
    *,
    as_json: bool,
    **given: Any,
) -> None:
    """Match the invoices and credit notes in PATHS with the orders, receipts and returns there.

    Files, folders and archives of any format, in any order. With --stored a document of the store
    is matched instead, with all that is there, and held or let go. Exits with 1 where one holds.
    """
    how = options.how_of(given)
    if stored:
        with opened(effective(config, data=data)) as house:
            tenant = how.context.tenant
            found = [{"file": each} | matching.match_document(house, tenant, each)
                     for each in stored]  # fmt: skip
    else:
        gathered = options.read(options.needed(paths), how)
        found = deciding.matched(gathered, tolerances, how.context)
    if as_json:
        options.print_json(found)
    for each in [] if as_json else found:
        _show(each)
    raise SystemExit(1 if any(each["holds"] for each in found) else 0)


def _show(result: dict[str, Any]) -> None:
    number = result.get("number", "without number")
    verdict = options.colour(result["verdict"], bad=result["holds"])
    click.echo(f"{result['file']}: {number} {verdict}: {result['message']}")
    for line in result.get("lines", ()):
        mark = "!" if line["holds"] else " "
        click.echo(f"  {mark} line {line['id']}  {line['verdict']}: {line['message']}")
