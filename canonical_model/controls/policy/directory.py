"""Who holds which role, who stands in for whom, and who is away: data that a tenant keeps."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from canonical_model.base.scalars import Date, Maybe, Number, Part, Text, says
from canonical_model.controls.policy.clauses import Values
from canonical_model.controls.policy.hits import covers
from canonical_model.controls.policy.model import Span

_SCOPES = ("entity", "cost_centre", "category", "supplier")


class Assignment(Part, frozen=True, kw_only=True):
    """A person holds a role, everywhere or only where the facts say the same."""

    role: Annotated[Text, says("Name of the role", examples=["cost_centre_owner"])]
    person: Annotated[Text, says("Who holds it")]
    entity: Annotated[Maybe[Text], says("Only for this entity")] = None
    cost_centre: Annotated[Maybe[Text], says("Only for this cost centre")] = None
    category: Annotated[Maybe[Text], says("Only for this category")] = None
    supplier: Annotated[Maybe[Text], says("Only for this supplier")] = None
    limit: Annotated[Maybe[Number], says("Only up to this `amount`")] = None
    start: Annotated[Maybe[Date], says("First day")] = None
    end: Annotated[Maybe[Date], says("Last day")] = None


class Delegation(Part, frozen=True, kw_only=True):
    """A person lets another one act."""

    person: Annotated[Text, says("Who delegates")]
    to: Annotated[Text, says("Who may act instead")]
    roles: Annotated[list[Text], says("For these roles only")] = []
    limit: Annotated[Maybe[Number], says("Only up to this `amount`")] = None
    start: Annotated[Maybe[Date], says("First day")] = None
    end: Annotated[Maybe[Date], says("Last day")] = None


class Absence(Part, frozen=True, kw_only=True):
    """A person is away and may not be waited for."""

    person: Annotated[Text, says("Who")]
    start: Annotated[Maybe[Date], says("First day")] = None
    end: Annotated[Maybe[Date], says("Last day")] = None


class Person(Part, frozen=True, kw_only=True):
    """A person, and what else the same person is known as."""

    person: Annotated[Text, says("Name in this directory")]
    known_as: Annotated[list[Text], says("Names or ids of keys, subjects of tokens")] = []


class Directory(Part, frozen=True, kw_only=True):
    """The people of a tenant, as far as approvals need them."""

    people: Annotated[list[Person], says("Whoever goes by more than one name")] = []
    assignments: Annotated[list[Assignment], says("Who holds which role")] = []
    delegations: Annotated[list[Delegation], says("Who stands in for whom")] = []
    absences: Annotated[list[Absence], says("Who is away")] = []

    def holders(self, role: str, values: Values, on: datetime.date) -> list[str]:
        """Who holds a role for these facts on a day."""
        return [
            each.person
            for each in self.assignments
            if each.role == role and _applies(each, values, on) and _covered(each, values)
        ]

    def person(self, *names: str) -> str:
        """Who goes by these names, the surest first; the last of them where nobody is known."""
        for name in names:
            for known in self.people:
                if name == known.person or name in known.known_as:
                    return known.person
        stated = {each.person for each in self.assignments}
        stated |= {name for each in self.delegations for name in (each.person, each.to)}
        return next((name for name in names if name in stated), names[-1])

    def roles_within_reach(self, person: str) -> set[str]:
        """Roles of this person, and of all whom the person may stand in for, whenever that is."""
        reach = {person}
        while more := {d.person for d in self.delegations if d.to in reach} - reach:
            reach |= more
        return {each.role for each in self.assignments if each.person in reach}

    def is_away(self, person: str, on: datetime.date) -> bool:
        """Whether nobody should wait for this person."""
        return any(each.person == person and _lasts(each, on) for each in self.absences)

    def stand_ins(
        self, person: str, role: str | None, values: Values, on: datetime.date
    ) -> list[str]:
        """Whom a person lets act in a role."""
        return [
            each.to
            for each in self.delegations
            if each.person == person
            and (not each.roles or role in each.roles)
            and _lasts(each, on)
            and _within(each.limit, values)
        ]


def _applies(each: Assignment, values: Values, on: datetime.date) -> bool:
    return _lasts(each, on) and _within(each.limit, values)


def _covered(each: Assignment, values: Values) -> bool:
    return all(_same(getattr(each, name), values.get(name)) for name in _SCOPES)


def _same(asked: str | None, value: Any) -> bool:
    return asked is None or (asked in value if isinstance(value, list) else asked == value)


def _within(limit: Any, values: Values) -> bool:
    """An unknown amount is within no limit."""
    amount = values.get("amount")
    return limit is None or (amount is not None and amount <= limit)


def _lasts(each: Assignment | Delegation | Absence, on: datetime.date) -> bool:
    return covers(Span(start=each.start, end=each.end), on)
