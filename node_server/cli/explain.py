"""`counterfoil explain`: where each canonical field comes from."""

from __future__ import annotations

import json
from typing import Any

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations import packing


@click.command()
@click.argument("connector")
@click.argument("resource")
@click.option("--write", "writing", is_flag=True, help="Explain the write map.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--overlay", type=click.Path(exists=True, file_okay=False), help="Folder of your own."
)
@calls_it_wrong_usage
def explain(
    connector: str, resource: str, writing: bool, as_json: bool, overlay: tuple[str, ...]
) -> None:
    """Say where each field of RESOURCE comes from in CONNECTOR, and what it passes through."""
    found = packing.lineage(connector, resource, "write" if writing else "read", overlay)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    width = max((len(each["path"]) for each in found), default=0)
    for each in found:
        click.echo(f"{each['path']:{width}}  {_origin(each)}")


def _origin(field: dict[str, Any]) -> str:
    if not field["sources"]:
        return f"always {field['constant']}"
    text = " or ".join(field["sources"])
    if field["transforms"]:
        text += f" through {', '.join(field['transforms'])}"
    if field["tables"]:
        text += f" by table {', '.join(field['tables'])}"
    return f"{text} (derived)" if field["derived"] else text
