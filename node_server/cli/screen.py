"""`counterfoil screen`: who a party is, whom it resembles, whether it is on a list."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import screening


@click.command()
@options.paths
@options.context
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(exists=True),
    help="OpenSanctions' targets.simple.csv or entities.ftm.json; repeatable.",
)
@click.option(
    "--known",
    multiple=True,
    type=click.Path(exists=True),
    help="Parties that are known already; repeatable.",
)
@options.as_json
@tells
def screen(
    paths: tuple[str, ...], lists: tuple[str, ...], known: tuple[str, ...], *, as_json: bool,
    **given: Any,
) -> None:  # fmt: skip
    """Screen the parties in PATHS: identifiers, likes, accounts, and the lists you bring.

    Exits with 1 where somebody has to look.
    """
    how = options.how_of(given)
    listed = screening.watch_list(lists)
    found = screening.screened(options.read(paths, how), listed, options.read(known, how))
    if as_json:
        options.print_json(found)
    for each in [] if as_json else found:
        _show(each)
    raise SystemExit(1 if any(map(_needs_a_look, found)) else 0)


def _needs_a_look(each: dict[str, Any]) -> bool:
    verdicts = {each["identifiers"]["verdict"], each["screening"]["verdict"]}
    changed = any(account["verdict"] == "changed" for account in each["accounts"])
    return bool(verdicts & {"review", "block"}) or bool(each["similar"]) or changed


def _show(each: dict[str, Any]) -> None:
    verdict = each["screening"]["verdict"]
    shown = options.colour(verdict, bad=verdict != "clear")
    click.echo(f"{each['file']} {each['party']} {each['name'] or ''}: {shown}")
    for finding in each["identifiers"].get("findings", ()):
        why = f": {finding['why']}" if "why" in finding else ""
        click.echo(f"  {finding['verdict']} {finding.get('kind', '')} {finding['value']}{why}")
    for hit in each["screening"].get("hits", ()):
        click.echo(f"  {hit['score']} {hit['caption']} ({hit['sort']}): {hit['why']}")
    for like in each["similar"]:
        click.echo(f"  {like['score']} like {like['party']}")
    for account in each["accounts"]:
        for change in account.get("changes", ()):
            click.echo(f"  {change['kind']} {change['account']}: {change['why']}")
