"""Everything that is wrong with a policy, at once and with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from canonical_model.base.issue import Issue
from canonical_model.errors import CanonicalError

_QUOTED = 40


class InvalidSettings(CanonicalError):
    """Not what was to be read; `issues` says where, what was found and what would work."""

    what = "settings"

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
        super().__init__(f"not {self.what}: {issues[0].path}: {issues[0].message}{more}")


class InvalidPolicy(InvalidSettings):
    """Not a policy."""

    what = "a policy"


class Faults:
    """Collects faults while a tree is read."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def add(self, path: str, code: str, message: str, hint: str | None = None) -> None:
        """One more; the message says what was found, then what would work."""
        self.issues.append(
            Issue(code=code, severity="error", message=message, path=path or "(all)", hint=hint)
        )

    def unknown(self, path: str, what: str, name: object, known: Iterable[str]) -> None:
        """A name that is not among the known ones; the nearest are offered."""
        names = sorted(known)
        near = difflib.get_close_matches(str(name), names, n=3)
        works = f"known: {', '.join(names)}" if names else "there is none"
        hint = f"did you mean {' or '.join(near)}?" if near else None
        self.add(path, f"unknown_{what}", f"no {what} is named {quoted(name)}; {works}", hint)


def quoted(value: object) -> str:
    """What was found, short enough to read; containers by their sort only."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    return repr(text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…")
