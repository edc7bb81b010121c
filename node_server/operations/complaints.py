"""Which errors are the caller's: an unknown name, a map that cannot be used, no document, …"""

from __future__ import annotations

from canonical_model.errors import InvalidDocument, UnknownName
from connectors.errors import MapError, UnknownConnector
from node_server.n8n.brand import BadBrand
from node_server.n8n.icons import BadIcon

CALLER_ERRORS = (
    *(InvalidDocument, MapError, UnknownConnector, UnknownName),
    *(BadBrand, BadIcon),
)
