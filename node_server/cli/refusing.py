"""Refusals of operations, told as a command line tells them: one sentence, exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from node_server.errors import refusal_of

P = ParamSpec("P")
R = TypeVar("R")


def tells(command: Callable[P, R]) -> Callable[P, R]:
    """Let what an operation refuses end the command with its words, not with a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except click.ClickException:
            raise
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            hint = f"; {refusal.hint}" if refusal.hint else ""
            raise click.ClickException(refusal.message + hint) from None

    return wrapped
