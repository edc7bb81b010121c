"""`counterfoil map`: payloads to canonical documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from textwrap import indent
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import track

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.cli.options import overlay_option
from node_server.cli.validate import show_issue
from node_server.cli.watch import watch
from node_server.operations.mapping import How, files_in, map_files
from node_server.operations.validating import all_issues
from node_server.operations.watching import rounds

_PATH = click.Path(exists=True, allow_dash=True)
_LONG = 20
_T = TypeVar("_T")


@click.command(name="map")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_PATH)
@click.option("--jsonl", is_flag=True, help="Print one JSON result a line.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as indented JSON.")
@click.option("--connector", help="Connector to use; found by itself when not given.")
@click.option("--resource", help="Resource of the connector.")
@overlay_option
@click.option("--tenant", default="default", show_default=True, help="Whose documents they are.")
@click.option("--entity", help="Our legal entity, by its master id.")
@click.option("--own-id", "own_ids", multiple=True, help="An identifier of ours; repeatable.")
@click.option("--unmapped", is_flag=True, help="Also say which source fields no rule used.")
@click.option("--explain", is_flag=True, help="Also say where each value comes from.")
@click.option("--watch", "watching", is_flag=True, help="Again whenever a file changes.")
@click.option("--strict", is_flag=True, help="Error issues count as failures.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 64))
@calls_it_wrong_usage
def map_command(
    paths: tuple[str, ...],
    jsonl: bool,
    as_json: bool,
    strict: bool,
    watching: bool,
    jobs: int,
    **how: Any,
) -> None:
    """Map the payloads in PATH... (files, folders, archives, - for standard input).

    An identifier of ours (--own-id) tells payable from receivable. Exit code 0 when every payload
    was mapped, 1 when some were not. --watch shows the result anew, and what has become different,
    each time that a payload, a map or an overlay is saved.
    """
    if watching:
        watch(rounds(paths, how["overlay"]), lambda: _text(paths, How(**how), as_json))
        return
    files = files_in(paths)
    failed = False
    for results in _with_progress(map_files(files, How(**how), jobs), len(files)):
        for result in results:
            failed |= not result["records"] or (strict and _has_errors(result))
            if jsonl or as_json:
                click.echo(json.dumps(result, ensure_ascii=False, indent=2 if as_json else None))
            else:
                _show(result)
    raise SystemExit(1 if failed else 0)


def _text(paths: tuple[str, ...], how: How, as_json: bool) -> str:
    """All results as one text: documents and issues, or all there is of them."""
    results = [each for found in map_files(files_in(paths), how) for each in found]
    if as_json:
        return json.dumps(results, ensure_ascii=False, indent=2)
    shown = StringIO()
    with redirect_stdout(shown):
        for result in results:
            _show(result, documents=not how.explain)
    return shown.getvalue()


def _with_progress(results: Iterable[_T], total: int) -> Iterator[_T]:
    """A bar on standard error while there is much to do and somebody to watch it."""
    if total < _LONG or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from results
        return
    yield from track(results, "mapping", total=total, console=Console(stderr=True))


def _has_errors(result: dict[str, Any]) -> bool:
    return any(issue["severity"] == "error" for issue in all_issues(result))


def _show(result: dict[str, Any], *, documents: bool = False) -> None:
    what = f"{result['connector']}/{result['resource']}" if result["connector"] else "not mapped"
    click.echo(f"{click.style(result['file'], bold=True)}: {what}")
    for record in result["records"]:
        document = record["document"]
        name = " ".join(filter(None, (document["kind"], document.get("number"))))
        click.echo(f"  {name}  {record.get('idempotency_key', 'no key')}")
        if documents:
            click.echo(indent(json.dumps(document, ensure_ascii=False, indent=2), "    "))
        for value in record.get("explained", ()):
            click.echo(f"    {value['path']} = {value['value'][:40]}  <-  {origin_of(value)}")
        for unread in record.get("unmapped", ()):
            click.echo(f"    not used: {unread['source_path']} = {unread['value'][:40]}")
    for issue in all_issues(result):
        show_issue(issue)


def origin_of(value: dict[str, Any]) -> str:
    """Where a value comes from, in words."""
    if not (sources := value.get("sources")):
        return "a constant of the map" if value.get("constant") else "its place, or the checks"
    text = " or ".join(sources)
    if transforms := value.get("transforms"):
        text += f" through {', '.join(transforms)}"
    for name, entries in value.get("tables", {}).items():
        text += f" by table {name}" + (f" ({', '.join(entries[:6])})" if entries else "")
    return f"{text} (derived)" if value.get("derived") else text
