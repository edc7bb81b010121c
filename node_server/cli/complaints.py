"""Errors of the caller, told as a command line tells them: one sentence, exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from node_server.operations.complaints import CALLER_ERRORS

P = ParamSpec("P")
R = TypeVar("R")


def calls_it_wrong_usage(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command's own complaints end as usage errors, not as tracebacks."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CALLER_ERRORS as error:
            raise click.UsageError(str(error)) from error

    return wrapped
