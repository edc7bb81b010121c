"""`counterfoil exceptions`: what holds documents, and what is done about it."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from node_server.cli import control_options as options
from node_server.cli.acting import acting_options, desk
from node_server.cli.refusing import tells
from node_server.operations.clearing import acting, looking

_MOST = 1000
_STATES = ("open", "resolved", "released", "overridden", "rejected", "all")
_id = click.argument("exception_id")
_reason = click.option("--reason", required=True, help="Why; it stays on record.")


@click.group(name="exceptions", invoke_without_command=True)
@click.pass_context
def exceptions(context: click.Context) -> None:
    """List and show what holds documents; assign, release, override, reject it."""
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@exceptions.command("list")
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@click.option("--control", help="Only of this control, such as match.")
@click.option("--code", help="Only with this code, such as price_variance.")
@click.option("--owner", help="Only of this owner.")
@click.option("--document", "record_id", help="Only of this document.")
@click.option("--overdue", is_flag=True, default=None, help="Only what is past its time.")
@acting_options
@options.as_json
@tells
def list_command(*, as_json: bool, **given: Any) -> None:
    """List what waits, oldest first. Exits with 1 where something does."""
    names = ("state", "control", "code", "owner", "record_id", "overdue")
    filters = {name: given.pop(name) for name in names}
    filters["state"] = None if filters["state"] == "all" else filters["state"]
    with desk(given, "read") as at:
        tenant = at.who.tenant
        page = looking.list_exceptions(at.house, tenant, filters, cursor=None, limit=_MOST)
    if as_json:
        options.print_json(page["data"])
    else:
        _print_all(page)
    raise SystemExit(1 if any(each["state"] == "open" for each in page["data"]) else 0)


def _print_all(page: dict[str, Any]) -> None:
    table = Table("Exception", "Document", "Code", "What", "Owner", "Due", box=None)
    for each in page["data"]:
        named = " ".join(filter(None, (each.get("number"), each.get("counterparty"))))
        due = each.get("due_at", "")[:16] + ("!" if each["overdue"] else "")
        code = each["code"] if each["state"] == "open" else f"{each['code']} ({each['state']})"
        told = named or each["document"], code, each["summary"], each.get("owner", "")
        table.add_row(each["id"], *map(escape, told), due)
    Console().print(table)
    if page["has_more"]:
        click.echo(f"… and more than these {_MOST}; narrow it down", err=True)


@exceptions.command("show")
@_id
@acting_options
@tells
def show(exception_id: str, **given: Any) -> None:
    """Show EXCEPTION_ID with all that it is about, as JSON."""
    with desk(given, "read") as at:
        options.print_json(looking.get_exception(at.house, at.who, exception_id))


@exceptions.command("assign")
@_id
@click.argument("owner")
@click.option("--due", help="By when, RFC 3339 in UTC.")
@click.option("--note", help="A remark.")
@acting_options
@tells
def assign(exception_id: str, owner: str, due: str | None, note: str | None, **given: Any) -> None:
    """Let OWNER deal with EXCEPTION_ID."""
    with desk(given, "step") as at:
        _tell(acting.assign(at.house, at.who, exception_id, owner, due_at=due, words=note))


@exceptions.command("comment")
@_id
@click.argument("note")
@acting_options
@tells
def comment(exception_id: str, note: str, **given: Any) -> None:
    """Add NOTE to EXCEPTION_ID."""
    with desk(given, "step") as at:
        _tell(acting.comment(at.house, at.who, exception_id, note))


@exceptions.command("request")
@_id
@click.argument("question")
@click.option("--of", help="Who is asked.")
@acting_options
@tells
def request(exception_id: str, question: str, of: str | None, **given: Any) -> None:
    """Ask for what is missing; an event tells it."""
    with desk(given, "step") as at:
        _tell(acting.request(at.house, at.who, exception_id, question, of=of))


@exceptions.command("release")
@_id
@_reason
@acting_options
@tells
def release(exception_id: str, reason: str, **given: Any) -> None:
    """Say that nothing is wrong with what EXCEPTION_ID holds."""
    with desk(given, "release") as at:
        _tell(acting.release(at.house, at.who, exception_id, reason))


@exceptions.command("override")
@_id
@_reason
@click.option("--evidence", multiple=True, required=True, help="A link, a hash, an id; repeatable.")
@acting_options
@tells
def override(exception_id: str, reason: str, evidence: tuple[str, ...], **given: Any) -> None:
    """Go on although something is wrong. It is counted."""
    with desk(given, "release") as at:
        _tell(acting.override(at.house, at.who, exception_id, reason, evidence))


@exceptions.command("reject")
@_id
@_reason
@acting_options
@tells
def reject(exception_id: str, reason: str, **given: Any) -> None:
    """Reject the document that EXCEPTION_ID holds."""
    with desk(given, "release") as at:
        _tell(acting.reject(at.house, at.who, exception_id, reason))


@exceptions.command("report")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="A year ago.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Today.")
@acting_options
@options.as_json
@tells
def report(first: Any, last: Any, *, as_json: bool, **given: Any) -> None:
    """Count how exceptions were closed, by month, code and person."""
    days = [None if day is None else day.date().isoformat() for day in (first, last)]
    with desk(given, "audit") as at:
        found = looking.report(at.house, at.who.tenant, *days)
    if as_json:
        options.print_json(found)
        return
    table = Table("Month", "Closed", "Control", "Code", "By", "Count", box=None)
    for each in found["closed"]:
        state = options.colour(each["state"], bad=each["state"] == "overridden")
        names = each["month"], state, each["control"], each["code"], each["person"]
        table.add_row(*names, str(each["count"]))
    Console().print(table)
    click.echo(f"{found['overridden']} overridden, {found['from']} to {found['to']}")


def _tell(now: dict[str, Any]) -> None:
    owner = f"  {now['owner']}" if "owner" in now else ""
    click.echo(f"{now['id']}  {now['code']}  {now['state']}{owner}")
