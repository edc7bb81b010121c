"""Words that let an effect through: only who has seen exactly what would be done has one."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from mcp.server.mcpserver.exceptions import ToolError

VALID_SECONDS: Final = 600


class Confirmations:
    """Makes and knows words for what was shown. They end with the process, and after a while."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._secret = secrets.token_bytes(32)
        self._now = now
        self._taken: set[str] = set()

    def word(self, tool: str, shown: Any) -> str:
        """The word for doing what was shown, and nothing else."""
        return self._made(tool, shown, int(self._now()) + VALID_SECONDS)

    def demand(self, tool: str, shown: Any, word: str | None) -> None:
        """Refuse where this is not the word for what would be done now."""
        if not word:
            raise ToolError(
                "nothing was done: `confirm` is missing; call with dry_run=true, have a person "
                "look at what it shows, and give the `confirm` that it returned"
            )
        until = word.partition(".")[0]
        good = until.isascii() and until.isdigit() and len(until) < 16
        if not good or not _same(self._made(tool, shown, int(until)), word):
            raise ToolError(
                "nothing was done: `confirm` is not the word for this; what would be done is not "
                "what a dry run has shown, so make a new dry run"
            )
        if int(until) < self._now():
            raise ToolError("nothing was done: `confirm` is too old; make a new dry run")

    def take(self, tool: str, wish: Any, word: str | None) -> None:
        """Keep in mind that this wish was let through: its answer may be lost on the way."""
        self._taken.add(self._asked(tool, wish, word))

    def was_taken(self, tool: str, wish: Any, word: str | None) -> bool:
        """Whether this wish was let through by this word before: then it may be asked again."""
        return self._asked(tool, wish, word) in self._taken

    def _asked(self, tool: str, wish: Any, word: str | None) -> str:
        return json.dumps([tool, wish, word], sort_keys=True)

    def _made(self, tool: str, shown: Any, until: int) -> str:
        told = json.dumps([tool, until, shown], sort_keys=True).encode()
        return f"{until}.{hmac.new(self._secret, told, hashlib.sha256).hexdigest()[:40]}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
