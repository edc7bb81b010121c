"""Print a pip constraints file that pins each dependency to the lowest version we declare.

``make test-lowest`` installs with it, so that a lower bound is a promise that has been tried.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?>=(?P<version>[^,;\s]+)")


def declared(project: dict[str, object]) -> Iterator[str]:
    """Requirements of the package: what users install. The tools of the suite may be the newest."""
    match project:
        case {"dependencies": list(runtime)}:
            yield from runtime


def pinned(requirement: str) -> str:
    """``name>=1.2`` as ``name==1.2``; a requirement without a lower bound is refused."""
    found = REQUIREMENT.match(requirement)
    if found is None:
        raise SystemExit(f"{requirement!r} has no lower bound; write it as name>=version")
    return f"{found['name']}=={found['version']}"


def main() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    sys.stdout.writelines(f"{pinned(requirement)}\n" for requirement in declared(project))


if __name__ == "__main__":
    main()
