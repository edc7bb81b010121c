"""From environment variables, for containers that get their secrets there; read only.

    COUNTERFOIL_CREDENTIAL_XERO_MAIN={"kind": "api_key", "key": "…"}
    COUNTERFOIL_CREDENTIAL_XERO_MAIN_FILE=/run/secrets/xero-main      (the same JSON in a file)

The variable's name is the credential's, in capitals, with _ for every other sign. A `name` in the
JSON says how it is listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from credentials.entry import Entry
from credentials.errors import NotFound, ReadOnly, Unreadable
from credentials.stores.protocol import parts_of

PREFIX = "COUNTERFOIL_CREDENTIAL_"

_FILE = "_FILE"


class EnvironmentStore:
    """What the environment held when it was handed in."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._texts = {k: v for k, v in environment.items() if k.startswith(PREFIX)}

    def read(self, name: str) -> Entry:
        """The entry of a name; its version is always 1."""
        variable = PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
        if variable not in self._texts and variable + _FILE not in self._texts:
            raise NotFound(f"no credential {name[:40]!r}; set {variable}")
        return self._entry(variable, name)

    def write(self, entry: Entry) -> int:
        """Refused: the environment is set by whoever starts the process."""
        raise ReadOnly("credentials come from the environment; change them there")

    def delete(self, name: str) -> None:
        """Refused, as writing is."""
        raise ReadOnly("credentials come from the environment; change them there")

    def names(self) -> list[str]:
        """All names, in order."""
        variables = {variable.removesuffix(_FILE) for variable in self._texts}
        listed = (self._entry(each, "") for each in variables)
        return sorted(entry.name for entry in listed)

    def _entry(self, variable: str, name: str) -> Entry:
        try:
            value = json.loads(self._text(variable))
        except (OSError, ValueError) as error:
            raise Unreadable(f"{variable} does not hold JSON; check it") from error
        parts = parts_of(value, variable)
        stated = parts.pop("name", variable.removeprefix(PREFIX).lower().replace("_", "-"))
        if "kind" not in parts:
            raise Unreadable(f"{variable} does not say its kind; add one")
        return Entry(name or stated, parts.pop("kind"), parts, version=1)

    def _text(self, variable: str) -> str:
        if variable in self._texts:
            return self._texts[variable]
        return Path(self._texts[variable + _FILE]).read_text(encoding="utf-8")
