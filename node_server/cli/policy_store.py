"""`counterfoil policy` on the store: proposed, tried, put in force by a second person."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations.policing import applying, showing, trying, versions

STORED = click.Group()
"""Commands that `counterfoil policy` has beside those on files alone."""

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_AT_ONCE = 500
_name = click.argument("name")
_number = click.argument("number", type=click.IntRange(1))
_reason = click.option("--reason", required=True, help="Why; it goes into the audit trail.")


@STORED.command("put")
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--why", help="Why, for the second person.")
@acting_options
@tells
def put(files: tuple[Path, ...], why: str | None, **given: Any) -> None:
    """Propose the policies in FILES. Nothing is decided by them before somebody activates them."""
    with desk(given, "configure") as at:
        for file in files:
            said, new = versions.propose(at.house, at.who, None, file.read_bytes(), why)
            click.echo(f"{_line(said)}{'' if new else '  (was there)'}")


@STORED.command("list")
@click.argument("name", required=False)
@acting_options
@options.as_json
@tells
def list_command(name: str | None, *, as_json: bool, **given: Any) -> None:
    """List the policies with what is in force, or every version of NAME."""
    with desk(given, "read") as at:
        if name is not None:
            found = showing.versions(at.house, at.who.tenant, name)["data"]
        else:
            found = showing.overview(at.house, at.who.tenant)["data"]
    if as_json:
        options.print_json(found)
        return
    for each in found:
        click.echo(_line(each) if name is not None else _overview(each))


def _overview(each: dict[str, Any]) -> str:
    counting = each.get("in_force")
    said = f"version {counting['version']}" if counting else "none in force"
    waiting = ", ".join(map(str, each["proposed"]))
    return f"{each['policy']}  {said}" + (f"  proposed: {waiting}" if waiting else "")


def _line(said: dict[str, Any]) -> str:
    return f"{said['policy']}  {said['number']}  version {said['version']}  {said['state']}"


@STORED.command("show")
@_name
@_number
@acting_options
@tells
def show(name: str, number: int, **given: Any) -> None:
    """Print the text of version NUMBER of NAME as it was put."""
    with desk(given, "read") as at:
        said = showing.version(at.house, at.who.tenant, name, number)
    click.echo(said["source"].rstrip())


@STORED.command("activate")
@_name
@_number
@click.option("--reason", help="Why; it goes into the audit trail.")
@acting_options
@tells
def activate(name: str, number: int, reason: str | None, **given: Any) -> None:
    """Put proposal NUMBER of NAME in force, as somebody else than whoever proposed it."""
    with desk(given, "configure") as at:
        click.echo(_line(versions.activate(at.house, at.who, name, number, reason)))


@STORED.command("reject")
@_name
@_number
@_reason
@acting_options
@tells
def reject(name: str, number: int, reason: str, **given: Any) -> None:
    """Turn proposal NUMBER of NAME down, or take it back."""
    with desk(given, "configure") as at:
        click.echo(_line(versions.reject(at.house, at.who, name, number, reason)))


@STORED.command("rollback")
@_name
@_number
@_reason
@acting_options
@tells
def rollback(name: str, number: int, reason: str, **given: Any) -> None:
    """Propose version NUMBER of NAME again, which was in force before."""
    with desk(given, "configure") as at:
        click.echo(_line(versions.roll_back(at.house, at.who, name, number, reason)))


@STORED.command("retire")
@_name
@_reason
@acting_options
@tells
def retire(name: str, reason: str, **given: Any) -> None:
    """Propose that NAME decides no more."""
    with desk(given, "configure") as at:
        click.echo(_line(versions.retire(at.house, at.who, name, reason)))


@STORED.command("apply")
@_name
@acting_options
@tells
def apply(name: str, **given: Any) -> None:
    """Ask NAME about the documents that were there before it, and are not approved yet."""
    outcomes: Counter[str] = Counter()
    after: str | None = None
    with desk(given, "configure") as at:
        while True:
            found = applying.applied(at.house, at.who, name, after=after, most=_AT_ONCE)
            outcomes.update(found["outcomes"])
            if (after := found.get("next_cursor")) is None:
                break
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    click.echo(f"{sum(outcomes.values())} documents: {told or 'none'}")


_day = click.DateTime(["%Y-%m-%d"])


@STORED.command("simulate")
@_name
@_number
@click.option("--kind", "kinds", multiple=True, help="Kind of documents; repeatable.")
@click.option("--from", "first", type=_day, help="Documents of this day or later.")
@click.option("--to", "last", type=_day, help="Documents of this day or earlier.")
@click.option(
    "--most",
    type=click.IntRange(1, trying.MOST_SIMULATED),
    default=1000,
    show_default=True,
    help="The newest so many.",
)
@acting_options
@options.as_json
@tells
def simulate(
    name: str, number: int, kinds: tuple[str, ...], first: datetime.datetime | None,
    last: datetime.datetime | None, most: int, *,
    as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Try version NUMBER of NAME on past documents of the store."""
    past = trying.Past(kinds, _iso(first), _iso(last), most)
    with desk(given, "read") as at:
        found = trying.simulated(at.house, at.who.tenant, name, number, past)
    if as_json:
        options.print_json(found)
    else:
        _show_simulation(found)


def _iso(day: datetime.datetime | None) -> str | None:
    return None if day is None else day.date().isoformat()


def _show_simulation(found: dict[str, Any]) -> None:
    outcomes = ", ".join(f"{count} {name}" for name, count in found.get("outcomes", {}).items())
    click.echo(f"{found['decisions']} documents: {outcomes or 'none'}")
    if "against" in found:
        stricter, milder, counting = found["stricter"], found["milder"], found["against"]
        click.echo(f"{stricter} stricter, {milder} milder than number {counting}, in force now")
    for each in found["changed"]:
        named = each.get("number") or each["document"]
        click.echo(f"  {named}: {each['old']} -> {each['new']}: {each['why']}")
    for rule in found.get("never", ()):
        click.echo(f"  never hit: {rule}")
