"""Which errors are the caller's: a name that does not exist."""

from __future__ import annotations

from canonical_model.errors import UnknownName as CallerError

__all__ = ["CallerError"]
