"""`counterfoil pull`: what has changed in another system, each row once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.cli.post import someone
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import refusal_of
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.house import House
from node_server.operations.pulling import pulling


@click.command()
@settings_options
@click.argument("connection")
@click.argument("resources", nargs=-1)
@click.option("--tenant", default="default", show_default=True, help="Whose connection it is.")
@click.option("--full", is_flag=True, help="From the beginning, whatever was read before.")
@click.option("--pages", type=click.IntRange(min=1), help="At most so many pages of each list.")
def pull(
    config: Path | None,
    data: str | None,
    connection: str,
    resources: tuple[str, ...],
    tenant: str,
    pages: int | None,
    *,
    full: bool,
) -> None:
    """Read RESOURCES of CONNECTION on from where the last time ended.

    Without resources it shows what can be read, and how far it has been; of a connection that
    exchanges files it takes in what lies there. Exits with 1 where a list could not be read to its
    end, or a row or file could not be taken in.
    """
    with opened(effective(config, data=data)) as house:
        resources = resources or _only_files(house, tenant, connection)
        if not resources:
            _show_standing(house, tenant, connection)
            return
        wishes = [pulling.Wish(each, full=full, pages=pages) for each in resources]
        good = [_pulled(house, tenant, connection, wish) for wish in wishes]
    raise SystemExit(0 if all(good) else 1)


def _only_files(house: House, tenant: str, connection: str) -> tuple[str, ...]:
    """A place of files has nothing else to read."""
    found = pulling.listable(house, tenant, connection)
    return (FILES,) if found == [FILES] else ()


def _pulled(house: House, tenant: str, connection: str, wish: pulling.Wish) -> bool:
    try:
        told = pulling.pull(house, someone(tenant), connection, wish)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        hint = f"; {refusal.hint}" if refusal.hint else ""
        click.echo(f"{wish.resource}  not read: {refusal.message}{hint}", err=True)
        return False
    actions = ", ".join(f"{count} {name}" for name, count in sorted(told["actions"].items()))
    more = "; more is left" if told["more"] else ""
    rows = "files" if wish.resource == FILES else "rows"
    click.echo(f"{wish.resource}  {told['rows']} {rows}: {actions or 'nothing new'}{more}")
    for each in told["refused"]:
        what = each.get("file") or f"row {each['row']}"
        click.echo(f"  {what}: {_why(each['issues'])}", err=True)
    for each in told.get("left", ()):
        click.echo(f"  {each['file']} is left there: {each['why']}", err=True)
    return not told["refused"]


def _why(issues: list[dict[str, Any]]) -> str:
    return str(issues[0]["message"]) if issues else "it holds no document"


def _show_standing(house: House, tenant: str, connection: str) -> None:
    known = {each["resource"]: each for each in pulling.standing(house, tenant, connection)}
    for name in pulling.listable(house, tenant, connection):
        row = known.get(name, {})
        since = row.get("since", "from the beginning")
        click.echo(f"{name:24} {row.get('state', 'never read'):12} {since}")
