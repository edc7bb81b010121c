"""Who works at the command line: somebody with a key of their own, or whoever is at the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from node_server.auth import Principal, roles_that_may
from node_server.cli.post import someone
from node_server.cli.settings_options import effective, opened, settings_options
from node_server.errors import Refusal
from node_server.operations.access import Doorkeeper
from node_server.operations.house import House

_F = TypeVar("_F", bound=Callable[..., Any])


class Desk(NamedTuple):
    """The house, and who is in it."""

    house: House
    who: Principal


def acting_options(command: _F) -> _F:
    """Settings of the server, the tenant, and the key of whoever acts."""
    tenant = click.option("--tenant", default="default", show_default=True, help="Whose they are.")
    return store_options(tenant(command))


def store_options(command: _F) -> _F:
    """The same for a command that has a tenant anyway."""
    key = click.option(
        "--key",
        envvar="COUNTERFOIL_KEY",
        help="Your API key: what takes two persons takes two keys. Without it `cli` acts.",
    )
    return settings_options(key(command))


@contextmanager
def desk(given: dict[str, Any], permission: str) -> Iterator[Desk]:
    """The house on the options of a command, for one who may do this; they are taken out of it."""
    config: Path | None = given.pop("config")
    key, tenant = given.pop("key"), given.pop("tenant")
    with opened(effective(config, data=given.pop("data"))) as house:
        who = Doorkeeper(house).admit(key) if key else someone(tenant)
        if permission not in who.permissions:
            roles = ", ".join(roles_that_may(permission))
            raise Refusal(403, "forbidden", f"this needs one of the roles {roles}")
        yield Desk(house, who)
