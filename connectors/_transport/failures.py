"""From the many errors of the libraries below to one of ours that says what may have happened."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPException

import requests
import urllib3.exceptions

from connectors._transport.attempt import Attempt
from connectors._transport.errors import TransportFailed
from connectors._transport.message import Request

WAYS_TO_FAIL = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
)
_TLS = (ssl.SSLError, urllib3.exceptions.SSLError)
_TIMEOUT = (TimeoutError, urllib3.exceptions.TimeoutError)


def failure_of(
    error: Exception, attempt: Attempt, request: Request, status: int | None = None
) -> TransportFailed:
    """The failure in words of ours: those of the libraries may quote addresses with secrets."""
    code, words = _reason(_causes(error), sent=attempt.sent)
    host = request.url.partition("://")[2].partition("/")[0][:60]
    if attempt.sent:
        message = f"{host}: {words}; look there before trying again"
        return TransportFailed(code, message, outcome="uncertain", status=status)
    message = f"{host}: {words}; nothing was sent, it can be tried again"
    return TransportFailed(code, message, outcome="not_applied")


def _reason(causes: list[BaseException], *, sent: bool) -> tuple[str, str]:
    if any(isinstance(each, socket.gaierror) for each in causes):
        return "dns", "the name is not known"
    if any(isinstance(each, _TIMEOUT) for each in causes):
        return "timeout", "no answer in time" if sent else "no connection in time"
    if any(isinstance(each, _TLS) for each in causes):
        return "tls", _tls_words(causes)
    return ("closed", "the connection broke") if sent else ("connect", "no connection")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


def _tls_words(causes: list[BaseException]) -> str:
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({each.verify_message[:80]})"
    return "TLS could not be agreed"
