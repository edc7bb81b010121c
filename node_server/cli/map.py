"""`counterfoil map`: payloads to canonical documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.cli.options import overlay_option
from node_server.cli.validate import show_issue
from node_server.operations.mapping import files_in, map_one
from node_server.operations.validating import all_issues

_PATH = click.Path(exists=True, allow_dash=True)


@click.command(name="map")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@click.option("--jsonl", is_flag=True, help="Print one JSON result a line.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as indented JSON.")
@click.option("--connector", help="Connector to use; found by itself when not given.")
@click.option("--resource", help="Resource of the connector.")
@overlay_option
@click.option("--unmapped", is_flag=True, help="Also say which source fields no rule used.")
@click.option("--strict", is_flag=True, help="Error issues count as failures.")
@calls_it_wrong_usage
def map_command(
    paths: tuple[str, ...],
    jsonl: bool,
    as_json: bool,
    connector: str | None,
    resource: str | None,
    overlay: tuple[str, ...],
    unmapped: bool,
    strict: bool,
) -> None:
    """Map the payloads in PATH... (files, folders, - for standard input).

    Exit code 0 when every payload was mapped, 1 when some were not.
    """
    failed = False
    for name, data in _payloads(paths):
        result = map_one(
            data, name, connector=connector, resource=resource, overlay=overlay, unmapped=unmapped
        )
        failed |= not result["records"] or (strict and _has_errors(result))
        if jsonl or as_json:
            click.echo(json.dumps(result, ensure_ascii=False, indent=2 if as_json else None))
        else:
            _show(result)
    raise SystemExit(1 if failed else 0)


def _payloads(paths: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for path in files_in(paths):
        if str(path) == "-":
            yield "-", sys.stdin.buffer.read()
        else:
            yield str(path), path.read_bytes()


def _has_errors(result: dict[str, Any]) -> bool:
    return any(issue["severity"] == "error" for issue in all_issues(result))


def _show(result: dict[str, Any]) -> None:
    what = f"{result['connector']}/{result['resource']}" if result["connector"] else "not mapped"
    click.echo(f"{click.style(result['file'], bold=True)}: {what}")
    for record in result["records"]:
        document = record["document"]
        name = " ".join(filter(None, (document["kind"], document.get("number"))))
        click.echo(f"  {name}  {record.get('idempotency_key', 'no key')}")
        for unread in record.get("unmapped", ()):
            click.echo(f"    not used: {unread['source_path']} = {unread['value'][:40]}")
    for issue in all_issues(result):
        show_issue(issue)
