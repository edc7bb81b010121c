"""What decides how controls judge, a tenant's own: proposed by one person, activated by another."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection

from canonical_model.base.scalars import Part
from canonical_model.controls.billing import BillingSettings
from canonical_model.controls.duplicates import DuplicatePolicy
from canonical_model.controls.exceptions import AutomationSettings, ExceptionSettings
from canonical_model.controls.match import MatchSettings
from canonical_model.controls.policy import Directory
from canonical_model.controls.reconciliation import ReconciliationPolicy
from canonical_model.controls.screening import OnboardingSettings, ScreeningPolicy
from canonical_model.controls.settings import read_settings
from node_server.store import control_settings

_P = TypeVar("_P", bound=Part)

SHAPES: Final[dict[str, type[Part]]] = {
    "match": MatchSettings,
    "duplicates": DuplicatePolicy,
    "reconciliation": ReconciliationPolicy,
    "screening": ScreeningPolicy,
    "onboarding": OnboardingSettings,
    "directory": Directory,
    "exceptions": ExceptionSettings,
    "automation": AutomationSettings,
    "billing": BillingSettings,
}
"""Each name with what it holds."""


def in_force(connection: Connection, tenant: str, name: str, shape: type[_P]) -> _P:
    """The settings that a tenant has activated; the usual ones where there are none."""
    row = control_settings.active(connection, tenant, name)
    return shape() if row is None else _read(row["body"], shape)


@lru_cache(maxsize=512)
def _read(body: str, shape: type[Any]) -> Any:
    return read_settings(msgspec.json.decode(body), shape)
