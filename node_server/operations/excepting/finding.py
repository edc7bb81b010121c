"""What a control, a person or a posting has found that a document must wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# Those who open exceptions and are no controls of a tenant's documents.
INGESTION: Final = "ingestion"
PERSON: Final = "person"
POSTING: Final = "posting"
CROSSWALKS: Final = "crosswalks"
DUPLICATES: Final = "duplicates"
OF_POSTING: Final = frozenset({POSTING, CROSSWALKS})
"""Closed by themselves when an effect is confirmed; they do not keep it from being tried."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to hold a document."""

    control: str
    code: str
    summary: str
    """In words, for whoever has to decide."""
    holds: bool = True
    """Nothing is paid, and the document is not approved, until it is closed."""
    moves: bool = False
    """The document goes into state `exception` until it is closed."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What it rests on, as JSON: records, lines, figures."""
    basis: str | None = None
    """Hash of what was judged; usually the document's content. Once a person has released or
    overridden it, it is not raised again on the same basis."""
    again: bool = False
    """Raised again even so: for what happens anew each time, such as a refusal of a target."""
    retryable: bool | None = None
    """Whether trying again may help, where that is known."""
    caused_by: tuple[str, ...] = ()
    """Ids of those whose doing it is about: they do not release it."""
    owner: str | None = None
    """Who deals with it; else the settings say."""
