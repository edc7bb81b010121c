"""The `counterfoil` command: one file a subcommand, each calling one operation."""

from __future__ import annotations

import click

from node_server.cli.check import check
from node_server.cli.config import config_command
from node_server.cli.connect import connect
from node_server.cli.connections import connections
from node_server.cli.connectors import connectors
from node_server.cli.counterfoils import counterfoils
from node_server.cli.credentials import credentials
from node_server.cli.explain import explain
from node_server.cli.keys import keys
from node_server.cli.map import map_command
from node_server.cli.new import new
from node_server.cli.post import post
from node_server.cli.pull import pull
from node_server.cli.render import render
from node_server.cli.rules import rules
from node_server.cli.samples import samples
from node_server.cli.schema import schema
from node_server.cli.serve import serve
from node_server.cli.simulate import simulate
from node_server.cli.upkeep import backup, erase, prune, restore
from node_server.cli.validate import validate
from node_server.cli.work import work
from node_server.operations.describing import version


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version, prog_name="counterfoil", message="%(prog)s %(version)s")
def main() -> None:
    """Finance payloads of any system to one canonical model, and back.

    Exit codes: 0 all is well, 1 something was found wrong, 2 the call was wrong.
    """


_COMMANDS = (
    *(check, connectors, explain, map_command, new, render, rules, samples, schema),
    *(connect, connections, credentials),
    *(validate, serve, config_command, keys, backup, restore, prune, erase, work, simulate),
    *(post, pull, counterfoils),
)
for _command in _COMMANDS:
    main.add_command(_command)
