"""A finding about a document: what is wrong, where, and what would be right."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Maybe, Part, Text, says

Severity = Literal["error", "warning", "info"]


class Issue(Part, frozen=True, kw_only=True):
    """One finding; `code` is stable, `message` is for people and may change."""

    code: Annotated[Text, says("Stable code", examples=["totals_lines_mismatch"])]
    severity: Annotated[Severity, says("An error blocks `validated`; the others do not")]
    message: Annotated[Text, says("What was found, in words")]
    path: Annotated[Maybe[Text], says("Place in the document", examples=["totals.lines"])] = None
    rule: Annotated[Maybe[Text], says("The standard's rule", examples=["BR-CO-10"])] = None
    expected: Annotated[Maybe[Text], says("What would be right")] = None
    actual: Annotated[Maybe[Text], says("What was found")] = None
    source_path: Annotated[Maybe[Text], says("Place in the source payload")] = None
    hint: Annotated[Maybe[Text], says("What to do about it")] = None
