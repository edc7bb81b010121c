"""`counterfoil backup`, `restore`, `prune`, `erase`: looking after what is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import Refusal
from node_server.operations import upkeep

_T = TypeVar("_T")


@click.command()
@settings_options
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(config: Path | None, data: str | None, file: Path) -> None:
    """Write everything that is stored to FILE, while the server runs.

    The master key is not in it: keep that apart, or secrets cannot be opened again.
    """
    with opened(effective(config, data=data)) as house:
        rows = _told(lambda: upkeep.backup(house, file))
    click.echo(f"wrote {file}: {rows} rows")


@click.command()
@settings_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(config: Path | None, data: str | None, file: Path) -> None:
    """Read everything from FILE into an empty store, of either kind."""
    with opened(effective(config, data=data)) as house:
        rows = _told(lambda: upkeep.restore(house, file))
    click.echo(f"restored {file}: {rows} rows")


@click.command()
@settings_options
@click.option("--days", type=click.IntRange(1), help="Instead of the retention_days setting.")
def prune(config: Path | None, data: str | None, days: int | None) -> None:
    """Remove archived documents and old answers that are past their retention.

    What was sent to other systems is kept for ever.
    """
    with opened(effective(config, data=data)) as house:
        gone = _told(lambda: upkeep.prune(house, days))
    click.echo(", ".join(f"{count} {what}" for what, count in gone.items()))


@click.command()
@settings_options
@click.argument("document_id")
@click.option("--tenant", default="default", show_default=True, help="Whose document it is.")
@click.option("--reason", required=True, help="Why; it stays in the audit trail.")
def erase(
    config: Path | None, data: str | None, document_id: str, tenant: str, reason: str
) -> None:
    """Erase a document with its payloads, revisions and events.

    That it was there, and who erased it and why, stays in the audit trail.
    """
    with opened(effective(config, data=data)) as house:
        _told(lambda: upkeep.erase(house, tenant, document_id, "cli", reason))
    click.echo(f"{document_id} is erased")


def _told(work: Callable[[], _T]) -> _T:
    try:
        return work()
    except Refusal as error:
        raise click.ClickException(error.message) from None
