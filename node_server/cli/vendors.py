"""`counterfoil vendors`: screening of the store's parties, and changes of their bank details."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations.controlling.gathering import read_tree
from node_server.operations.onboarding import changes, confirming, screening, watch_lists

_MOST = 1000
_STATES = ("proposed", "approved", "applied", "rejected", "withdrawn", "all")
_party = click.argument("party")
_change = click.argument("change_id")
_reason = click.option("--reason", required=True, help="How it was confirmed, or why not.")
_file = click.argument("file", type=click.Path(exists=True, path_type=Path))


@click.group()
def vendors() -> None:
    """Screen parties, bring watch lists, change bank details with a second person."""


@vendors.command("screen")
@_party
@acting_options
@options.as_json
@tells
def screen(party: str, *, as_json: bool, **given: Any) -> None:
    """Screen PARTY, by the id of its record, again. Exits with 1 where somebody has to look."""
    with desk(given, "ingest") as at:
        report = screening.screen_party(at.house, at.who.tenant, at.who.id, party)
    if as_json:
        options.print_json(report)
    else:
        click.echo(options.colour(report["verdict"], bad=report["verdict"] != "clear"))
        for hit in report["screening"].get("hits", ()):
            click.echo(f"  {hit['score']} {hit['caption']} ({hit['sort']}): {hit['why']}")
        for like in report["similar"]:
            click.echo(f"  {like['score']} like {like['party']}")
    raise SystemExit(0 if report["verdict"] == "clear" else 1)


@vendors.command("changes")
@click.option("--state", type=click.Choice(_STATES), default="proposed", show_default=True)
@acting_options
@options.as_json
@tells
def list_command(*, state: str, as_json: bool, **given: Any) -> None:
    """List changes of bank details, oldest first."""
    wanted = {"state": None if state == "all" else state}
    with desk(given, "read") as at:
        page = changes.list_changes(at.house, at.who.tenant, wanted, cursor=None, limit=_MOST)
    if as_json:
        options.print_json(page["data"])
        return
    table = Table("Change", "Party", "State", "Suspicious", "By", "Used from", box=None)
    for each in page["data"]:
        kinds = ", ".join(sorted({change["kind"] for change in each["changes"]}))
        told = each["party"], each["state"], kinds, each["proposed_by"]
        table.add_row(each["id"], *map(escape, told), each.get("effective_at", "")[:16])
    Console().print(table)


@vendors.command("propose")
@_party
@_file
@click.option("--reason", required=True, help="Who asked for it, and how.")
@acting_options
@tells
def propose(party: str, file: Path, reason: str, **given: Any) -> None:
    """Propose the accounts in FILE, YAML or JSON, as all that PARTY has."""
    body = {"party": party, "bank_accounts": read_tree(str(file)), "reason": reason}
    with desk(given, "bank_details") as at:
        options.print_json(changes.propose(at.house, at.who, body))


@vendors.command("approve")
@_change
@_reason
@acting_options
@tells
def approve(change_id: str, reason: str, **given: Any) -> None:
    """Approve CHANGE_ID, as somebody who did not bring it."""
    with desk(given, "bank_details") as at:
        options.print_json(confirming.approve(at.house, at.who, change_id, reason))


@vendors.command("reject")
@_change
@_reason
@acting_options
@tells
def reject(change_id: str, reason: str, **given: Any) -> None:
    """Reject CHANGE_ID; the accounts stay those of before."""
    with desk(given, "bank_details") as at:
        options.print_json(confirming.reject(at.house, at.who, change_id, reason))


@vendors.command("withdraw")
@_change
@_reason
@acting_options
@tells
def withdraw(change_id: str, reason: str, **given: Any) -> None:
    """Take back CHANGE_ID, which one has proposed oneself."""
    with desk(given, "bank_details") as at:
        options.print_json(confirming.withdraw(at.house, at.who, change_id, reason))


@vendors.command("lists")
@acting_options
@tells
def lists(**given: Any) -> None:
    """Show the watch lists."""
    with desk(given, "read") as at:
        options.print_json(watch_lists.show_all(at.house, at.who.tenant)["data"])


@vendors.command("put-list")
@click.argument("name")
@_file
@acting_options
@tells
def put_list(name: str, file: Path, **given: Any) -> None:
    """Keep FILE, in a form of OpenSanctions, as the watch list NAME."""
    with desk(given, "configure") as at:
        options.print_json(watch_lists.put(at.house, at.who, name, file.read_bytes()))
