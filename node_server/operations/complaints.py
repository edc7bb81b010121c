"""Which errors are the caller's: an unknown name, a map that cannot be used, no document."""

from __future__ import annotations

from canonical_model.errors import InvalidDocument, UnknownName
from connectors.errors import MapError, UnknownConnector

CALLER_ERRORS = (InvalidDocument, MapError, UnknownConnector, UnknownName)
