"""`counterfoil validate`: the issues of canonical documents."""

from __future__ import annotations

import json
from typing import Any

import click

from node_server.cli.complaints import calls_it_wrong_usage
from node_server.operations.validating import all_issues
from node_server.operations.validating import validate as judge

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    nargs=-1,
    required=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON result a line.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not apply RULE; repeatable.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--tenant", default="default", show_default=True, help="Whose keys to show.")
@calls_it_wrong_usage
def validate(
    files: tuple[str, ...], as_json: bool, ignore: tuple[str, ...], strict: bool, tenant: str
) -> None:
    """Check canonical documents in FILE... (- is standard input) and say what is wrong where."""
    failing = {"error", "warning"} if strict else {"error"}
    failed = False
    for file in files:
        with click.open_file(file, "rb") as stream:
            result = {"file": file, **judge(stream.read(), ignore=ignore, tenant=tenant)}
        issues = all_issues(result)
        failed |= any(issue["severity"] in failing for issue in issues)
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            _show(result, issues)
    raise SystemExit(1 if failed else 0)


def _show(result: dict[str, Any], issues: list[dict[str, Any]]) -> None:
    click.echo(f"{click.style(result['file'], bold=True)}: {_headline(result, issues)}")
    for record in result["records"]:
        click.echo(f"  key  {record['idempotency_key'] or 'none: nothing to tell it by'}")
        click.echo(f"  hash {record['content_hash']}")
        if record.get("ignored"):
            click.echo(f"  not applied, as asked: {', '.join(record['ignored'])}")
    for issue in issues:
        show_issue(issue)


def _headline(result: dict[str, Any], issues: list[dict[str, Any]]) -> str:
    if not result["records"]:
        return click.style("not a canonical document", fg="red")
    document = result["records"][0]["document"]
    name = " ".join(filter(None, (document["kind"], document.get("number"))))
    counts = [
        f"{n} {severity}{'s' if n > 1 else ''}"
        for severity in _COLOURS
        if (n := sum(issue["severity"] == severity for issue in issues))
    ]
    return f"{name}, {', '.join(counts) if counts else click.style('all is well', fg='green')}"


def show_issue(issue: dict[str, Any]) -> None:
    """One issue for people: severity, place, what was found, what would be right, what to do."""
    severity = click.style(f"{issue['severity']:7}", fg=_COLOURS[issue["severity"]])
    rule = f" [{issue['rule']}]" if issue.get("rule") else ""
    click.echo(f"  {severity} {issue.get('path', 'document')}: {issue['message']}{rule}")
    found, wanted = issue.get("actual"), issue.get("expected")
    # What does not fit says both in its message already.
    if wanted and "; expected " not in issue["message"]:
        click.echo(f"          found {found or 'nothing'}; expected {wanted}")
    if issue.get("hint"):
        click.echo(f"          {issue['hint']}")
