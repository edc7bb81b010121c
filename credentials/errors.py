"""What can go wrong with secrets; no message ever holds one.

* CredentialError
  + InvalidCredential   the parts do not fit the kind: `problems` says which
  + NotFound            there is none of that name
  + Unreadable          there is one, and no key at hand opens it: bring the key back
  + Conflict            it has changed meanwhile: read it again
  + ReadOnly            this store takes nothing: change it where it comes from
  + MasterKeyError      a master key is missing or wrong: fix the set-up
  + StoreUnavailable    the store gave no answer, or one that makes no sense: try again
"""

from __future__ import annotations

from collections.abc import Sequence


class CredentialError(Exception):
    """Base of every error that leaves this package."""


class InvalidCredential(CredentialError):
    """Parts that do not fit their kind; names parts, never their values."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class NotFound(CredentialError):
    """No credential has this name."""


class Unreadable(CredentialError):
    """A credential that cannot be opened. It is never written over: delete it to start anew."""


class Conflict(CredentialError):
    """The credential is not at the version that the caller has seen."""


class ReadOnly(CredentialError):
    """A store whose content comes from somewhere else."""


class MasterKeyError(CredentialError):
    """A master key that is missing, malformed or open to others."""


class StoreUnavailable(CredentialError):
    """A store that cannot be asked now; nothing is known to have changed."""
