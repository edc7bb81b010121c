"""What a check says when it does not agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from canonical_model.base.issue import Severity


class Finding(NamedTuple):
    """A place and what is wrong there; what is left out is taken from the rule."""

    path: str
    expected: str | None = None
    actual: str | None = None
    message: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    hint: str | None = None


Findings: TypeAlias = Sequence[Finding]

FINE: Findings = ()
