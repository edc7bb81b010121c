"""Why a call was not made. All of these are certain: the other system has not heard of it."""

from __future__ import annotations

from node_server.errors import Refusal


class CallRefused(Refusal):
    """Base of what is raised before anything is sent; `wait` says when it is worth trying again."""

    def __init__(
        self, status: int, code: str, message: str, *, wait: float | None = None, hint: str = ""
    ) -> None:
        after = None if wait is None else max(1, round(wait))
        super().__init__(
            status, code, message, hint=hint or None, retriable=wait is not None, retry_after=after
        )
        self.wait = wait


class Throttled(CallRefused):
    """No room: the limits of the target, or too many calls at once."""

    def __init__(self, wait: float, why: str = "the other system's limits are reached") -> None:
        super().__init__(429, "target_busy", why, wait=wait)


class Open(CallRefused):
    """The target does not answer, and is left alone for a while."""

    def __init__(self, wait: float) -> None:
        why = "the other system does not answer; it is left alone for a while"
        super().__init__(503, "target_unavailable", why, wait=wait)


class Unavailable(CallRefused):
    """What lets us in cannot be had now: the token endpoint, or the credential's store."""

    def __init__(self, why: str, wait: float = 30) -> None:
        super().__init__(503, "target_unavailable", why, wait=wait)


class Reauthorise(CallRefused):
    """A person must agree anew; nothing goes through this connection until then."""

    def __init__(self, connection_id: str, why: str) -> None:
        hint = f"open /v1/connections/{connection_id}/authorise, or run `counterfoil connect`"
        super().__init__(409, "reauthorise_required", why, hint=hint)


class CredentialRefused(CallRefused):
    """The target does not know the client, user or key; somebody must put in another."""

    def __init__(self, why: str) -> None:
        super().__init__(409, "credential_refused", why, hint="replace the credential")


class NotReady(CallRefused):
    """Something that the connection must say is missing or not allowed."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(409, "connection_incomplete", why, hint=hint)


class Missing(NotReady):
    """A variable that the connection does not say, or not yet."""
