"""What may have been meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """The names like it, else all that are known."""
    found = difflib.get_close_matches(name, known, n=3)
    return (
        f"did you mean {' or '.join(found)}?" if found else f"known are {', '.join(sorted(known))}"
    )
