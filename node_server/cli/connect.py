"""`counterfoil connect`: a person walked through connecting a system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from node_server.cli.connections import tell_checks
from node_server.cli.consent import agree
from node_server.cli.credentials import tenant_option
from node_server.cli.refusing import tells
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.operations.connecting import asking, authorising, connections, testing
from node_server.operations.connecting.asking import Question
from node_server.operations.connecting.connection_settings import ENVIRONMENTS
from node_server.operations.house import House


@click.command()
@settings_options
@tenant_option
@click.argument("system")
@click.option("--id", "connection_id", help="Id of the connection; the system's name if absent.")
@click.option("--name", help="As people call it.")
@click.option(
    "--environment", type=click.Choice(ENVIRONMENTS), default="production", show_default=True
)
@click.option("--auth", "kind", help="Kind of credential, where it takes several.")
@click.option(
    "--set", "stated", multiple=True, metavar="NAME=VALUE", help="A variable; repeatable."
)
@click.option("--base-url", help="Address instead of the vendor's: a machine of your own.")
@click.option("--files", help="sftp://host/path or file:///path where files of this format lie.")
@click.option("--host-key", help="Key or SHA256 fingerprint of the SFTP server, with a password.")
@click.option("--credential", help="Name of a credential that is there, instead of a new one.")
@click.option(
    "--from",
    "source",
    type=click.File("rb"),
    help="JSON with settings and credential; asks nothing.",
)
@click.option("--allow-http", is_flag=True, help="Call it by http://, if the operator allows it.")
@click.option("--allow-private", multiple=True, help="Private network that it may lie in.")
@click.option("--test/--no-test", "try_it", default=True, help="Try it at the end.")
@tells
def connect(config: Path | None, data: str | None, tenant: str, system: str, **given: Any) -> None:
    """Connect SYSTEM, such as xero or, with --files, camt: asks for what it needs, and tries it.

    Where the system asks a person for consent, its page is opened in the browser. Run again with
    the same --id to agree anew.
    """
    with opened(effective(config, data=data)) as house:
        made = _connection(house, tenant, system, given)
        if authorising.needs_consent(house, tenant, made["id"]):
            agree(house, tenant, made["id"])
        if given["try_it"]:
            found = testing.test(house, tenant, "cli", made["id"])
            tell_checks(found)
            if not found["ok"]:
                raise SystemExit(1)


def _connection(house: House, tenant: str, system: str, given: dict[str, Any]) -> dict[str, Any]:
    """The connection that is to agree anew, or a new one."""
    told = _from_file(given["source"]) if given["source"] else None
    files = given["files"] or (told or {}).get("settings", {}).get("files", {}).get("address")
    connector = asking.connector_of(house, tenant, system, files)
    connection_id = given["connection_id"] or connector.name.rpartition("/")[2].replace("_", "-")
    if there := connections.find(house, tenant, connection_id):
        if there["connector"] != connector.name:
            message = f"{connection_id!r} is connected to {there['connector']}; give another --id"
            raise click.UsageError(message)
        click.echo(f"{connection_id} is there already")
        return there
    click.echo(f"Connecting {connector.manifest['title']} as {connection_id}")
    said = told or _asked(connector, given)
    body = {
        "id": connection_id, "connector": connector.name, "name": given["name"],
        "environment": given["environment"], **said,
    }  # fmt: skip
    return connections.connect(house, tenant, "cli", body)


def _from_file(file: Any) -> dict[str, Any]:
    """What a simulator prints, or somebody wrote: settings and credential."""
    try:
        said = json.loads(file.read())
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("settings", {}), dict):
        raise click.UsageError('--from: not JSON with "settings" and "credential"')
    return {"settings": said.get("settings", {}), "credential": said.get("credential")}


def _asked(connector: Any, given: dict[str, Any]) -> dict[str, Any]:
    kind = None if given["credential"] else _kind(asking.ways_in(connector), given["kind"])
    said = {"settings": _settings(asking.variables(connector, kind), given)}
    if kind is None:
        return said | {"credential": given["credential"]}
    parts = _answers(asking.parts(connector, kind), {})
    return said | {"credential": {"kind": kind, "parts": parts}}


def _kind(ways: list[str], stated: str | None) -> str | None:
    if stated is None and len(ways) < 2:
        return ways[0] if ways and ways[0] != "none" else None
    if stated is None:
        return str(click.prompt("Way in", type=click.Choice(ways), default=ways[0]))
    if stated not in ways:
        raise click.UsageError(f"--auth {stated}: it takes {' or '.join(ways) or 'none'}")
    return stated


def _settings(questions: list[Question], given: dict[str, Any]) -> dict[str, Any]:
    stated = dict(each.partition("=")[::2] for each in given["stated"])
    variables = {**stated, **_answers(questions, stated)}
    settings: dict[str, Any] = {"variables": variables} if variables else {}
    if given["files"]:
        settings["files"] = {"address": given["files"]}
        settings["files"] |= {"host_key": given["host_key"]} if given["host_key"] else {}
    if given["base_url"]:
        settings["base_url"] = given["base_url"]
    if given["allow_http"]:
        settings["allow_http"] = True
    if given["allow_private"]:
        settings["allow_private"] = list(given["allow_private"])
    return settings


def _answers(questions: list[Question], known: dict[str, str]) -> dict[str, str]:
    """What is answered; what is left out stays out."""
    said = {each.name: _ask(each) for each in questions if each.name not in known}
    return {name: answer for name, answer in said.items() if answer}


def _ask(question: Question) -> str:
    if question.help:
        click.echo(f"  {question.help}")
    title = question.title + (" (file)" if question.is_file else "")
    title += "" if question.needed else ", Enter for none"
    while True:
        hidden = question.secret and not question.is_file
        default = question.default or (None if question.needed else "")
        answer = str(
            click.prompt(title, default=default, hide_input=hidden, show_default=bool(default))
        )
        if question.is_file and answer:
            return _read(answer)
        if question.fits(answer):
            return answer
        click.echo(f"  it does not fit; write it as {question.pattern}")


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"{path} cannot be read as text; name a PEM file") from None
