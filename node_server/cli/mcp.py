"""`counterfoil mcp`: tools for language models, before a running server."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--url",
    envvar="COUNTERFOIL_URL",
    default="http://127.0.0.1:8400",
    show_default=True,
    help="Address of the server.",
)
@click.option("--key", envvar="COUNTERFOIL_KEY", required=True, help="API key of whoever asks.")
@click.option("--read-only", is_flag=True, help="Leave out the tools that change something.")
@click.option("--http", type=int, metavar="PORT", help="Serve HTTP on this machine instead.")
def mcp(url: str, key: str, http: int | None, *, read_only: bool) -> None:
    """Offer a server's operations to language models (MCP), over standard streams.

    What the key may not do, the model may not. Put the key into COUNTERFOIL_KEY: arguments can be
    read by others on the machine.
    """
    try:
        from node_server.mcp.calling import Counterfoil
        from node_server.mcp.serving import make_server
    except ImportError as error:
        raise click.ClickException("it needs the SDK: pip install 'counterfoil[mcp]'") from error
    try:
        server = make_server(Counterfoil(url, key), acting=not read_only)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if http is None:
        server.run()
    else:
        server.run("streamable-http", host="127.0.0.1", port=http)
