"""Which controls follow the events of documents by themselves."""

from __future__ import annotations

from typing import Final

from node_server.operations import billing, duplicating
from node_server.operations.controls_following import Handler
from node_server.operations.matching import following as matching
from node_server.operations.onboarding import following as onboarding
from node_server.operations.policing import following as policing
from node_server.operations.reconciling import following as reconciling

HANDLERS: Final[list[Handler]] = [
    billing.HANDLER,
    duplicating.HANDLER,
    matching.HANDLER,
    onboarding.HANDLER,
    policing.HANDLER,
    reconciling.HANDLER,
]
