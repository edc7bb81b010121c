"""Options of every command that needs the server's settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from node_server.config import BadSettings, Settings, load
from node_server.operations.house import House, open_house

_F = TypeVar("_F", bound=Callable[..., Any])


def settings_options(command: _F) -> _F:
    """--config and --data."""
    command = click.option(
        "--config",
        envvar="COUNTERFOIL_CONFIG",
        type=click.Path(dir_okay=False, path_type=Path),
        help="TOML file with settings.",
    )(command)
    return click.option("--data", help="Folder of the embedded store.")(command)


def effective(config: Path | None, **given: Any) -> Settings:
    """The settings as they stand; every problem at once where there is any."""
    try:
        return load(os.environ, config, given)
    except BadSettings as error:
        raise click.UsageError(
            "the settings are wrong:\n  " + "\n  ".join(error.problems)
        ) from None


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """The house on these settings, for as long as a command needs it."""
    house = open_house(settings)
    try:
        yield house
    finally:
        house.close()
