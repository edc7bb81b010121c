"""Asking the server, as the key that was given, and saying which tool asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3
from mcp.server.mcpserver.exceptions import ToolError

_SECONDS: Final = 90.0
_MOST_PLACES: Final = 5


class Counterfoil:
    """A server and the key to it."""

    def __init__(self, url: str, key: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"{url[:40]!r} is no address; give one like http://127.0.0.1:8400")
        self._url = url.rstrip("/")
        self._key = key
        self._pool = urllib3.PoolManager(retries=False, timeout=_SECONDS)

    def ask(
        self,
        tool: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> dict[str, Any]:
        """The answer of a route; its problem, in words, where it refuses."""
        stated = {name: _said(value) for name, value in (query or {}).items() if value is not None}
        address = f"{self._url}{path}" + (f"?{urlencode(stated, doseq=True)}" if stated else "")
        raw = isinstance(body, bytes)
        headers = {"X-Api-Key": self._key, "X-Counterfoil-Tool": tool}
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if raw else "application/json"
        sent = body if raw or body is None else json.dumps(body).encode()
        try:
            answer = self._pool.request(method, address, body=sent, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise ToolError(
                f"no answer from {self._url}; whether anything was done is not known: see that "
                "the server runs, then look before you do it again"
            ) from error
        return _read(answer.status, answer.data)


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return list(value) if isinstance(value, (list, tuple)) else str(value)


def _read(status: int, data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except ValueError as error:
        what = f"status {status} with an answer that is not JSON; is it the server's address?"
        raise ToolError(what) from error
    if status >= 300:
        raise ToolError(_problem(status, said if isinstance(said, dict) else {}))
    return said if isinstance(said, dict) else {"data": said}


def _problem(status: int, said: Mapping[str, Any]) -> str:
    """What went wrong, where, what would work, and whether anything was done."""
    told = [f"{said.get('message') or 'refused'} ({said.get('code', status)})"]
    for each in said.get("errors", [])[:_MOST_PLACES]:
        place = each.get("path") or each.get("field") or ""
        told.append(f"at {place or 'the whole'}: {each.get('message', '')}")
    if said.get("hint"):
        told.append(f"what would work: {said['hint']}")
    if said.get("outcome"):
        told.append(f"outcome: {said['outcome']}")
    return "; ".join(told)
