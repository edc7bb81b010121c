"""A text that does not show itself, and the filter that keeps it out of logs."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable
from typing import NoReturn

HIDDEN = "****"
_SHORTEST = 6


class Secret:
    """A secret text. It prints, formats and compares as nothing; only `reveal` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (each._text.encode("utf-8", "surrogatepass") for each in (self, other))
        return hmac.compare_digest(mine, theirs)

    __hash__ = None  # type: ignore[assignment]  # a hash would tell equal secrets apart

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not written out; reveal it where it is used")


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """The text with each secret hidden, the longest first, so that none leaves its tail behind.

    Texts shorter than six characters are left alone: hiding them would garble everything.
    """
    found = sorted({each.reveal() for each in secrets}, key=len, reverse=True)
    for each in found:
        if len(each) >= _SHORTEST:
            text = text.replace(each, HIDDEN)
    return text


class SecretFilter(logging.Filter):
    """Hides the secrets that it was told of in every record of a handler."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        super().__init__()
        self._secrets = list(secrets)

    def hide(self, secrets: Iterable[Secret]) -> None:
        """Hide these from now on."""
        self._secrets += [each for each in secrets if each not in self._secrets]

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, without the secrets."""
        record.msg, record.args = redact(record.getMessage(), self._secrets), ()
        if record.exc_info:
            words = logging.Formatter().formatException(record.exc_info)
            record.exc_text = redact(words, self._secrets)
        return True
