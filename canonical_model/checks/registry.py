"""Rules, and the functions that check them; a decorator puts both together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, NamedTuple, TypeAlias, TypeVar

from canonical_model.base.issue import Issue, Severity
from canonical_model.checks.case import Case
from canonical_model.checks.finding import Finding, Findings
from canonical_model.documents import KINDS

Judge: TypeAlias = Callable[[Any, Case], Findings]
_J = TypeVar("_J", bound=Judge)

BILLS = ("invoice", "credit_note")
EVERY_KIND = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is checked, how bad a breach is, and what to do about it."""

    id: str
    code: str
    standard: str | None
    severity: Severity
    kinds: tuple[str, ...]
    title: str
    explains: str
    hint: str
    also: tuple[str, ...] = ()
    """Further ids of standards that single findings carry; ignoring one silences only those."""

    def issue(self, found: Finding) -> Issue:
        """The finding as an issue, with the rule's own words where it has none."""
        title = self.title[:1].lower() + self.title[1:]
        return Issue(
            code=self.code,
            severity=found.severity or self.severity,
            message=found.message
            or f"{found.path} is {found.actual}; the {title} is {found.expected}",
            path=found.path,
            rule=found.rule or self.standard or self.id,
            expected=found.expected,
            actual=found.actual,
            hint=found.hint or self.hint,
        )


class Check(NamedTuple):
    """A rule and the function that finds its breaches."""

    rule: Rule
    judge: Judge


CHECKS: list[Check] = []
"""In the order in which the families were read."""


def checks(
    id: str,
    code: str,
    standard: str | None = None,
    kinds: tuple[str, ...] = BILLS,
    severity: Severity = "error",
    also: tuple[str, ...] = (),
) -> Callable[[_J], _J]:
    """Declare that a function checks this rule.

    Its docstring tells the rest: first the title, a noun that a finding can call the right value;
    then what is compared; last what to do about a breach.
    """

    def register(judge: _J) -> _J:
        # Under `python -OO` there are no docstrings; the rules hold all the same.
        words = [" ".join(each.split()) for each in cleandoc(judge.__doc__ or "").split("\n\n")]
        title, explains, hint = words[0].rstrip("."), " ".join(words[1:-1]), words[-1]
        rule = Rule(id, code, standard, severity, kinds, title, explains, hint, also)
        CHECKS.append(Check(rule, judge))
        return judge

    return register
