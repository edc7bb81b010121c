"""`counterfoil duplicates`: documents that may be one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations import suspecting
from node_server.operations.controlling import deciding

_MOST_SHOWN = 100_000


@click.command()
@options.some_paths
@options.context
@click.option("--policy", type=click.Path(), help="YAML file: hold_at, warn_at.")
@click.option("--stored", is_flag=True, help="Open suspicions of the store, not of files.")
@settings_options
@options.as_json
@tells
def duplicates(
    paths: tuple[str, ...],
    policy: str | None,
    config: Path | None,
    data: str | None,
    *,
    stored: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Find the documents in PATHS that may be one: sent twice, retyped, under another supplier.

    Files, folders, archives and exports of any format. Exits with 1 where payment should be held.
    """
    how = options.how_of(given)
    if stored:
        with opened(effective(config, data=data)) as house:
            tenant = how.context.tenant
            page = suspecting.list_open(house, tenant, None, cursor=None, limit=_MOST_SHOWN)
        found = [pair for each in page["data"] for pair in each["suspicions"]]
    else:
        gathered = options.read(options.needed(paths), how)
        found = deciding.duplicates(gathered, policy, how.context)
    if as_json:
        options.print_json(found)
    for each in [] if as_json else found:
        verdict = options.colour(each["verdict"], bad=each["verdict"] == "hold")
        click.echo(f"{each['one']}\n{each['other']}\n  {verdict} {each['score']}: {each['why']}")
    raise SystemExit(1 if any(each["verdict"] == "hold" for each in found) else 0)
