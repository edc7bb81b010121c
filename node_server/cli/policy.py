"""`counterfoil policy`: decisions as data, tried before they count."""

from __future__ import annotations

import datetime
from typing import Any

import click

from node_server.cli import control_options as options
from node_server.cli.policy_store import STORED
from node_server.cli.refusing import tells
from node_server.operations.controlling import deciding

_file = click.Path(exists=True, dir_okay=False)
_directory = click.option("--directory", type=_file, help="YAML file of roles and absences.")


@click.group()
def policy() -> None:
    """Approvals, limits, duties: tried on their own cases, compared, asked, put in force."""


for _command in STORED.commands.values():
    policy.add_command(_command)


@policy.command("test")
@click.argument("files", nargs=-1, required=True, type=_file)
@_directory
@options.as_json
@tells
def test(files: tuple[str, ...], directory: str | None, *, as_json: bool) -> None:
    """Run the cases of the policies in FILES. Exits with 1 where one does not come out."""
    reports = {file: deciding.tested(file, directory) for file in files}
    if as_json:
        options.print_json(reports)
    for file, report in {} if as_json else reports.items():
        _show_report(file, report)
    raise SystemExit(1 if any(report["failed"] for report in reports.values()) else 0)


def _show_report(file: str, report: dict[str, Any]) -> None:
    click.echo(f"{file}: {report['passed']} passed, {report['failed']} failed")
    for result in report.get("results", ()):
        if not result["passed"]:
            click.echo(f"  {options.colour('failed', bad=True)} {result['name']}")
            for difference in result.get("differences", ()):
                click.echo(f"    {difference}")
    for rule in report.get("untried", ()):
        click.echo(f"  no case tries {rule}")


@policy.command("diff")
@click.argument("old", type=_file)
@click.argument("new", type=_file)
@options.as_json
@tells
def diff(old: str, new: str, *, as_json: bool) -> None:
    """Show what NEW writes, and decides, differently from OLD."""
    found = deciding.differing(old, new)
    if as_json:
        options.print_json(found)
        return
    for change in found.get("changes", ()):
        before, after = change.get("old", "nothing"), change.get("new", "nothing")
        click.echo(f"{change['change']} {change['path']}: {before} -> {after}")
    for each in found.get("decisions", ()):
        click.echo(f"decided otherwise: {each['case']}: {each['old']} -> {each['new']}")
        click.echo(f"  {each['why']}")


@policy.command("decide")
@click.argument("file", type=_file)
@options.paths
@options.context
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=VALUE",
    help="What only you know: creator=ann; repeatable.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today unless stated.")
@_directory
@options.as_json
@tells
def decide(
    file: str, paths: tuple[str, ...], facts: tuple[str, ...], on: datetime.datetime | None,
    directory: str | None, *, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Ask the policy in FILE about the documents in PATHS.

    Exits with 1 where one is not simply allowed.
    """
    found = options.read(paths, options.how_of(given))
    day = (on or datetime.datetime.now().astimezone()).date()
    decisions = deciding.decided(file, found, dict(map(_fact, facts)), day, directory)
    if as_json:
        options.print_json(decisions)
    for each in [] if as_json else decisions:
        _show_decision(each)
    raise SystemExit(1 if any(each["outcome"] != "allow" for each in decisions) else 0)


def _fact(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--fact")
    return name, {"true": True, "false": False}.get(value, value)


def _show_decision(each: dict[str, Any]) -> None:
    outcome = options.colour(each["outcome"], bad=each["outcome"] != "allow")
    click.echo(f"{each['file']}: {outcome}")
    for hit in each.get("hits", ()):
        click.echo(f"  {hit['table']}.{hit['rule']}: {'; '.join(hit.get('because', ()))}")
    for step in each.get("steps", ()):
        click.echo(f"  step {step['stage']}: {step['id']}")
    for problem in each.get("problems", ()):
        click.echo(f"  {problem['message']}")
