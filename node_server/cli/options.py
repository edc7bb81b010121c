"""Options that several commands share."""

from __future__ import annotations

import click

overlay_option = click.option(
    "--overlay",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder of your own connectors and overlays; repeatable, the later over the earlier.",
)
