"""Running the rules of a document's kind over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import localcontext
from functools import lru_cache
from types import MappingProxyType

from canonical_model.base.issue import Issue
from canonical_model.checks import (
    code_lists,
    decimals,
    identifiers,
    journals,
    lines,
    movements,
    payments,
    presence,
    statements,
    taxes,
    terms,
    totals,
)
from canonical_model.checks.case import NOTHING, Case, Related
from canonical_model.checks.figures import EXACT
from canonical_model.checks.registry import CHECKS, Check, Rule
from canonical_model.documents import AnyDocument
from canonical_model.errors import UnknownRule

_FAMILIES = (
    *(presence, totals, taxes, lines, decimals, terms, payments, statements),
    *(journals, movements, identifiers, code_lists),
)
"""In the order in which their findings are told."""

_ORDERED: tuple[Check, ...] = tuple(
    check for family in _FAMILIES for check in CHECKS if check.judge.__module__ == family.__name__
)

RULES: Mapping[str, Rule] = MappingProxyType({check.rule.id: check.rule for check in _ORDERED})
"""All rules by their short id."""

_BY_NAME: dict[str, Rule] = {
    name: rule
    for rule in RULES.values()
    for name in (*rule.also, rule.standard or rule.id, rule.code, rule.id)
}


def rule(name: str) -> Rule:
    """The rule with that id, code or standard's id; `UnknownRule` names the nearest ones."""
    if name not in _BY_NAME:
        raise UnknownRule(name, _BY_NAME)
    return _BY_NAME[name]


def check(
    document: AnyDocument, *, related: Related = NOTHING, ignore: Iterable[str] = ()
) -> list[Issue]:
    """What is wrong with a document; an empty list is a clean bill of health.

    Nothing a document holds makes this raise. `ignore` names rules that are not applied, by their
    id or code, or ids of a standard, which silence just those findings; `UnknownRule` for others.
    """
    ignored = frozenset(ignore)
    issues: list[Issue] = []
    with localcontext(EXACT):
        case = Case(document, related)
        for each, judge in _plan(document.__class__, ignored):
            if findings := judge(document, case):
                issues += map(each.issue, findings)
    if ignored and issues:
        return [issue for issue in issues if issue.rule not in ignored]
    return issues


@lru_cache(maxsize=512)
def _plan(document: type, ignored: frozenset[str]) -> tuple[Check, ...]:
    """The checks of a kind without those that are ignored by id or code, hence as a whole."""
    skipped = {found for name in ignored if name in ((found := rule(name)).id, found.code)}
    kind = document.__struct_config__.tag  # type: ignore[attr-defined]
    return tuple(each for each in _ORDERED if kind in each.rule.kinds and each.rule not in skipped)
