"""The `counterfoil` command: one file a subcommand, each calling one operation.

A subcommand is loaded when it is called: what one needs, the others need not wait for.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import click


class Known(NamedTuple):
    """Where a subcommand is, and what the list of all says of it."""

    module: str
    name: str
    says: str


COMMANDS: Final[Mapping[str, Known]] = {
    "accruals": Known("accruals", "accruals", "What was received and not invoiced."),
    "approvals": Known("approvals", "approvals", "Show what waits for approval, and approve."),
    "backup": Known("upkeep", "backup", "Write everything that is stored to a file."),
    "bill": Known("bill", "bill", "Invoices for shipments, credit notes for returns."),
    "check": Known("check", "check", "Check connectors: rooms, manifest, maps, goldens."),
    "compare": Known("compare", "compare", "What two systems say of the same documents."),
    "config": Known("config", "config_command", "Show the effective settings."),
    "connect": Known("connect", "connect", "Connect another system, step by step."),
    "connections": Known("connections", "connections", "List, show, try and delete connections."),
    "connector": Known("connector", "connector", "Write what other orchestrators import."),
    "connectors": Known("connectors", "connectors", "List the connectors, or describe one."),
    "continuity": Known("continuity", "continuity", "Find gaps between bank statements."),
    "control-settings": Known("control_settings", "control_settings", "How controls judge."),
    "counterfoils": Known("counterfoils", "counterfoils", "Show and settle what was sent."),
    "credentials": Known("credentials", "credentials", "Put in, list, delete and rotate secrets."),
    "crosswalk": Known("crosswalk", "crosswalk", "What we call a thing, and what a target does."),
    "duplicates": Known("duplicates", "duplicates", "Find documents that may be one."),
    "erase": Known("upkeep", "erase", "Erase a document with its payloads."),
    "exceptions": Known("exceptions", "exceptions", "What holds documents, and clearing it."),
    "explain": Known("explain", "explain", "Say where each field of a resource comes from."),
    "keys": Known("keys", "keys", "Make, list and revoke API keys."),
    "landed-cost": Known("landed_cost", "landed_cost", "Freight and duty onto the goods."),
    "map": Known("map", "map_command", "Map payloads to canonical documents."),
    "match": Known("match", "match", "Match invoices with orders and receipts."),
    "mcp": Known("mcp", "mcp", "Offer tools to language models (MCP)."),
    "n8n": Known("n8n", "n8n", "Build the node package for n8n, and install it."),
    "new": Known("new", "new", "Begin a connector of your own."),
    "policy": Known("policy", "policy", "Try, compare, ask policies; put them in force."),
    "post": Known("post", "post", "Post documents to another system, exactly once."),
    "prune": Known("upkeep", "prune", "Remove what is past its retention."),
    "pull": Known("pull", "pull", "Read what has changed in another system."),
    "reconcile": Known("reconcile", "reconcile", "Match bank lines with what they settle."),
    "reconciliations": Known("reconciliations", "reconciliations", "Reconcile what is stored."),
    "render": Known("render", "render", "Write canonical documents in another format."),
    "restore": Known("upkeep", "restore", "Read a backup into an empty store."),
    "rules": Known("rules", "rules", "List the rules, or explain one."),
    "samples": Known("samples", "samples", "Write the goldens of a connector's samples."),
    "schema": Known("schema", "schema", "Print the JSON Schema of a kind of document."),
    "screen": Known("screen", "screen", "Screen parties: identifiers, likes, lists."),
    "serve": Known("serve", "serve", "Serve the library over HTTP."),
    "simulate": Known("simulate", "simulate", "Serve stand-ins for other systems."),
    "validate": Known("validate", "validate", "Check canonical documents."),
    "vendors": Known("vendors", "vendors", "Screen vendors, and change their bank details."),
    "work": Known("work", "work", "Deliver, post and do jobs in a process of its own."),
}


class Commands(click.Group):
    """Subcommands by name, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All there are."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The one of that name."""
        known = COMMANDS.get(cmd_name)
        if known is None:
            return None
        found: Any = getattr(import_module(f"node_server.cli.{known.module}"), known.name)
        assert isinstance(found, click.Command)  # noqa: S101  (the table names commands only)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of them, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].says) for name in sorted(COMMANDS)])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    package_name="counterfoil", prog_name="counterfoil", message="%(prog)s %(version)s"
)
def main() -> None:
    """Finance payloads of any system to one canonical model, and back.

    Exit codes: 0 all is well, 1 something was found wrong, 2 the call was wrong.
    """
