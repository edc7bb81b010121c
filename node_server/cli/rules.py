"""`counterfoil rules`: what is checked, and why."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import describing


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@calls_it_wrong_usage
def rules(name: str | None, as_json: bool) -> None:
    """List the rules, or explain one by its id (A1), code or standard's id (BR-CO-10)."""
    found: Any = describing.describe_rule(name) if name else describing.describe_rules()
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif name:
        _explain(found)
    else:
        _list(found)


def _explain(rule: dict[str, Any]) -> None:
    standard = f" ({rule['standard']})" if rule["standard"] else ""
    click.echo(f"{rule['id']}{standard}  {rule['code']}  {rule['severity']}")
    click.echo(f"{rule['title']}\n\n{rule['explains']}\n\nHint: {rule['hint']}")
    click.echo(f"Applies to: {', '.join(rule['kinds']) or 'all kinds'}")


def _list(found: list[dict[str, Any]]) -> None:
    table = Table("Rule", "Standard", "Severity", "Code", "What it checks", box=None)
    for rule in found:
        table.add_row(
            rule["id"], rule["standard"] or "", rule["severity"], rule["code"], rule["title"]
        )
    Console().print(table)
