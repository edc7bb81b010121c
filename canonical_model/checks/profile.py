"""Which EN 16931 profile an invoice claims to follow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias

Profile: TypeAlias = Literal["minimum", "basic_wl", "basic", "en16931", "extended"]

_CORE = "urn:cen.eu:en16931:2017"
_HYBRID = ("factur-x.eu:", "zugferd.de:")  # ZUGFeRD 1 (ferd:) is older than the standard
_LEVELS: dict[str, Profile] = {"minimum": "minimum", "basicwl": "basic_wl", "basic": "basic"}


def profile_of(document: Any) -> Profile | None:
    """The profile that `specification` (BT-24) names; None where it names none of EN 16931."""
    specification = getattr(document, "specification", None)
    return _profile(specification) if specification else None


@lru_cache(maxsize=256)
def _profile(specification: str) -> Profile | None:
    text = specification.strip().casefold()
    hybrid = any(name in text for name in _HYBRID)
    if not hybrid and not text.startswith(_CORE):
        return None
    if ":extended" in text:
        return "extended"
    return _LEVELS.get(text.rpartition(":")[2], "en16931") if hybrid else "en16931"
