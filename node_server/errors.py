"""What goes wrong at the doors, and the status and code that say so.

A `Refusal` is what a caller sees: operations raise it, or their own errors are turned into one by
the table below. Nothing else reaches a caller but `internal`, which tells nothing but its trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from canonical_model.errors import IllegalTransition, InvalidDocument, UnknownName
from connectors.errors import CodecError, MapError, UnknownConnector

Outcome = Literal["applied", "not_applied", "uncertain"]


class Refusal(Exception):
    """Why a call was not carried out; `errors` name the places, `hint` what would work."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        hint: str | None = None,
        outcome: Outcome = "not_applied",
        retriable: bool = False,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = list(errors)
        self.hint = hint
        self.outcome = outcome
        self.retriable = retriable
        self.retry_after = retry_after
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


# Every code with its title; the type of a problem is the page of its code.
TITLES: dict[str, str] = {
    "unauthenticated": "No valid key",
    "forbidden": "Not allowed",
    "not_found": "No such thing",
    "method_not_allowed": "No such method here",
    "not_acceptable": "No answer of that type",
    "parameter_invalid": "A parameter is wrong",
    "body_invalid": "The body is wrong",
    "body_unreadable": "The payload cannot be read",
    "unclaimed": "No connector takes this payload",
    "document_invalid": "Not a canonical document",
    "unsupported_media_type": "Not a type that is taken here",
    "body_too_large": "The body is too large",
    "result_too_large": "The answer would be too long",
    "unknown_name": "There is no such name",
    "map_unusable": "The map cannot be used",
    "illegal_transition": "Not a step from here",
    "step_refused": "The step is not possible now",
    "idempotency_key_invalid": "The idempotency key is wrong",
    "idempotency_key_reused": "The idempotency key was used for another body",
    "idempotency_in_flight": "The same call is being carried out",
    "rate_limited": "Too many requests",
    "time_limit": "It took too long",
    "target_refused": "The address may not be called",
    "not_postable": "Nothing there takes this document",
    "posting_refused": "The other system will not have it",
    "posting_dead": "Given up",
    "conflict": "It has changed meanwhile",
    "credential_invalid": "The credential does not fit its kind",
    "credential_bound": "The credential may not go there",
    "credential_refused": "The other system refuses the credential",
    "read_only": "It cannot be changed from here",
    "connection_incomplete": "The connection is not ready",
    "reauthorise_required": "A person must agree again",
    "authorisation_failed": "The consent did not come about",
    "signature_refused": "Not shown to come from the system",
    "not_listed": "Nothing there that can be pulled",
    "pull_in_flight": "It is being pulled already",
    "not_fetchable": "It cannot be fetched",
    "target_busy": "No room at the other system",
    "target_unavailable": "The other system cannot be reached",
    "target_answered": "The other system refused",
    "target_failed": "No whole answer of the other system",
    "unavailable": "Not ready",
    "internal": "A fault of this server",
}


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an error of our packages means; None where it is no fault of the caller."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, InvalidDocument):
        return _invalid(error)
    if isinstance(error, IllegalTransition):
        return Refusal(409, "illegal_transition", str(error))
    if isinstance(error, (UnknownName, UnknownConnector)):
        return Refusal(422, "unknown_name", str(error))
    if isinstance(error, MapError):
        return Refusal(422, "map_unusable", str(error))
    if isinstance(error, CodecError):
        return Refusal(400, "body_unreadable", error.message, hint=error.hint)
    return _outward(error)


def _outward(error: Exception) -> Refusal | None:
    """What went wrong on the way to another system, or with a secret."""
    # late: both packages are slow to load, and most errors come from neither
    from connectors._transport import TransportFailed, TransportRefused
    from credentials import CredentialError, InvalidCredential

    if isinstance(error, TransportRefused):
        return Refusal(422, "target_refused", error.message)
    if isinstance(error, TransportFailed):
        again = error.outcome == "not_applied"
        return Refusal(502, "target_failed", error.message, outcome=error.outcome, retriable=again)
    if isinstance(error, InvalidCredential):
        places = [
            {"path": "credential", "code": "credential_invalid", "message": each}
            for each in error.problems
        ]
        return Refusal(422, "credential_invalid", str(error), errors=places)
    if isinstance(error, CredentialError):
        status, code = _VAULT.get(type(error).__name__, (503, "unavailable"))
        return Refusal(status, code, str(error), retriable=code == "unavailable")
    return None


_VAULT = {
    "NotFound": (404, "not_found"),
    "Conflict": (409, "conflict"),
    "ReadOnly": (409, "read_only"),
}


def _invalid(error: InvalidDocument) -> Refusal:
    places = [
        {"path": issue.path or "", "code": issue.code, "message": issue.message,
         **({"hint": issue.hint} if issue.hint else {})}
        for issue in error.issues
    ]  # fmt: skip
    return Refusal(422, "document_invalid", str(error), errors=places)
