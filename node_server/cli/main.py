"""The `counterfoil` command: one file a subcommand, each calling one operation."""

from __future__ import annotations

import click

from node_server.cli.rules import rules
from node_server.cli.schema import schema
from node_server.cli.validate import validate
from node_server.operations.describing import version


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version, prog_name="counterfoil", message="%(prog)s %(version)s")
def main() -> None:
    """Finance payloads of any system to one canonical model, and back.

    Exit codes: 0 all is well, 1 something was found wrong, 2 the call was wrong.
    """


for _command in (rules, schema, validate):
    main.add_command(_command)
