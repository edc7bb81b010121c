"""`counterfoil continuity`: whether bank statements follow each other."""

from __future__ import annotations

from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.refusing import tells
from node_server.operations.controlling import leftovers


@click.command()
@options.paths
@options.context
@options.as_json
@tells
def continuity(paths: tuple[str, ...], *, as_json: bool, **given: Any) -> None:
    """Find gaps between the bank statements in PATHS, in balance and number, and repetitions.

    Exits with 1 where a chain is broken.
    """
    outcome = leftovers.chains(options.read(paths, options.how_of(given)))
    if as_json:
        options.print_json(outcome)
    else:
        _show(outcome)
    raise SystemExit(1 if any(each.get("faults") for each in outcome) else 0)


def _show(outcome: list[dict[str, Any]]) -> None:
    for chain in outcome:
        faults = chain.get("faults", ())
        verdict = options.colour("broken" if faults else "whole", bad=bool(faults))
        account = " ".join(filter(None, (chain["account"], chain.get("currency"))))
        click.echo(f"{verdict}  {account}: {len(chain.get('statements', ()))} statements")
        for fault in faults:
            click.echo(f"  ! {fault['statement']}  {fault['code']}: {fault['message']}")
