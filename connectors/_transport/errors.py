"""What can go wrong on the way to another system, sorted by whether it can have taken effect.

* TransportError
  + TransportRefused    we did not send: the address, the request or the answer is not allowed
  + TransportFailed     we tried; `outcome` says whether the other side can have acted on it
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from connectors.errors import ConnectorError

Outcome: TypeAlias = Literal["not_applied", "uncertain"]


class TransportError(ConnectorError):
    """Base of every error of this package; `code` is stable, the message is for people."""

    outcome: Outcome = "not_applied"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class TransportRefused(TransportError):
    """Not sent because it is not allowed: change the address, the request or the policy."""


class TransportFailed(TransportError):
    """No whole answer came.

    `not_applied`: no byte of the request left, so trying again is safe. `uncertain`: the other side
    may have acted; look there before trying again. `status` is set where an answer had begun.
    """

    def __init__(
        self, code: str, message: str, *, outcome: Outcome, status: int | None = None
    ) -> None:
        super().__init__(code, message)
        self.outcome = outcome
        self.status = status
