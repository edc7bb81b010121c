"""`counterfoil serve`: the server, until it is told to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from node_server.cli.settings_options import effective, settings_options
from node_server.serving import run


@click.command()
@settings_options
@click.option("--workers", type=int, help="Server processes.")
@click.option("--threads", type=int, help="Requests that one process works on at once.")
@click.option("--host", help="Address to listen on; 127.0.0.1 unless set.")
@click.option("--port", type=int, help="Port to listen on; 8400 unless set.")
def serve(config: Path | None, data: str | None, **given: Any) -> None:
    """Serve the library over HTTP.

    Everything lies in one folder (--data) unless COUNTERFOIL_DATABASE_URL names a PostgreSQL. The
    first start makes an admin key and shows it once.
    """
    run(effective(config, data=data, **given), config, click.echo)
