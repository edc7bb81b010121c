"""Waiting for a person to agree in a browser, with or without a server that runs already."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from node_server.operations.connecting import authorising, connections, discovering
from node_server.operations.house import House

_SECONDS = 900
_PAUSE = 0.5


def agree(house: House, tenant: str, connection_id: str) -> None:
    """Open the consent in a browser, wait for it, and let the person choose an account."""
    begun = authorising.begin(house, tenant, "cli", connection_id)
    with _answering(house):
        click.echo(f"Agree in the browser: {begun['url']}")
        click.launch(begun["url"])
        _wait(house, tenant, connection_id)
    click.echo("Agreed")
    _choose(house, tenant, connection_id)


def _wait(house: House, tenant: str, connection_id: str) -> None:
    end = time.monotonic() + _SECONDS
    while authorising.is_open(house, tenant, connection_id):
        if time.monotonic() > end:
            raise click.ClickException("nobody agreed in time; run it again")
        time.sleep(_PAUSE)
    if connections.get(house, tenant, connection_id)["state"] != "active":
        raise click.ClickException("the consent did not come about; the browser says why")


def _choose(house: House, tenant: str, connection_id: str) -> None:
    row = connections.found(house, tenant, connection_id)
    choices = discovering.choices(house, row)
    if len(choices) < 2:
        return
    for number, each in enumerate(choices, 1):
        click.echo(f"{number:4} {each['title']}")
    chosen = click.prompt("Which account", type=click.IntRange(1, len(choices)))
    discovering.keep(house, row, choices[chosen - 1]["variables"])


@contextmanager
def _answering(house: House) -> Iterator[None]:
    """The callback needs somebody who answers: the server, or this process while it waits."""
    # late: every other command would load the whole server for nothing
    from werkzeug.serving import WSGIRequestHandler, make_server

    from node_server.app import create_app

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Nothing: an access log would show the code."""

    settings = house.settings
    try:
        server = make_server(
            settings.host, settings.port, create_app(house=house), threaded=True,
            request_handler=Quiet,
        )  # fmt: skip
    except (OSError, SystemExit):  # somebody answers there: the server itself
        yield
        return
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
