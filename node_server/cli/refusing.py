"""Refusals of operations as a command line tells them: a sentence, its faults, exit code 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import click

from node_server.errors import Refusal, refusal_of

P = ParamSpec("P")
R = TypeVar("R")
_MOST: Final = 50


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
            raise click.ClickException(refusal.message + hint + _faults(refusal)) from None

    return wrapped


def _faults(refusal: Refusal) -> str:
    """Each on a line; one alone is in the sentence already."""
    several = refusal.errors[:_MOST] if len(refusal.errors) > 1 else []
    return "".join(f"\n  {_line(each)}" for each in several)


def _line(fault: Mapping[str, Any]) -> str:
    """One fault with its place."""
    where = f"line {fault['line']}, column {fault['column']}: " if "line" in fault else ""
    hint = f"; {fault['hint']}" if fault.get("hint") else ""
    return f"{where}{fault.get('path') or '(all)'}: {fault.get('message', '')}{hint}"
