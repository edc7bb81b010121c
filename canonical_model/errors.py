"""What this package raises, sorted by what the caller should do.

* CanonicalError
  + InvalidDocument    fix the data: carries every issue found
  + IllegalTransition  choose a legal step: names them
  + UnknownKind        fix the call: names the nearest kinds
  + UnknownCodeList    fix the call: names the nearest lists
  + UnknownRule        fix the call: names the nearest rules
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any


class CanonicalError(Exception):
    """Base of every error that leaves this package."""


class InvalidDocument(CanonicalError):
    """Not a canonical document; `issues` says where, what was found and what would work."""

    def __init__(self, issues: Sequence[Any]) -> None:
        self.issues = tuple(issues)
        first = f": {issues[0].path or 'document'}: {issues[0].message}" if issues else ""
        more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
        super().__init__(f"not a canonical document{first}{more}")


class IllegalTransition(CanonicalError):
    """A step that the lifecycle does not have; the message names the steps it has."""


class UnknownName(CanonicalError):
    """A name that is not in a closed set; the message offers the nearest ones."""

    what = "name"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
        super().__init__(f"unknown {self.what} {name[:40]!r}; try {', '.join(near)}")


class UnknownKind(UnknownName):
    """No document kind has this name."""

    what = "document kind"


class UnknownCodeList(UnknownName):
    """No code list has this name."""

    what = "code list"


class UnknownRule(UnknownName):
    """No rule has this id or code."""

    what = "rule"
