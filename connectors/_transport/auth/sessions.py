"""Logging in where a session stands in for a token, and fetching what must come before a write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors._codecs import json_tree
from connectors._transport.auth.schemes import fill
from connectors._transport.auth.tokens import TokenRefused
from connectors._transport.guard import Session, send
from connectors._transport.message import Request
from connectors._transport.picking import pick

_USUAL_LIFE = 1800


def log_in(
    session: Session,
    spec: Mapping[str, Any],
    parts: Mapping[str, str],
    *,
    base_url: str,
    now: int,
) -> dict[str, str]:
    """The parts to store: `session_token` where one is given, and `session_until`.

    Without a path of the token the session lives in a cookie: open it with `cookies=True`.
    """
    stated = spec["session"]
    fields = {name: fill(text, parts) for name, text in stated.get("body", {}).items()}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    url = base_url.rstrip("/") + stated["path"]
    answer = send(session, Request("POST", url, headers, json_tree.write(fields)))
    token = pick(answer.tree(), stated["token"]) if "token" in stated else ""
    if not answer.ok or token is None:
        code = "unavailable" if answer.status >= 500 else "client_refused"
        raise TokenRefused(code, f"the log-in ended with {answer.status}; check user and password")
    found = {"session_token": str(token)} if token else {}
    return {**found, "session_until": str(now + stated.get("lifetime", _USUAL_LIFE))}


def fetch_csrf(session: Session, request: Request, csrf: Mapping[str, Any]) -> dict[str, str]:
    """The header that a write must carry; `request` is a GET that is already let in.

    SAP ties the token to cookies: fetch and write in one session opened with `cookies=True`.
    """
    name = str(csrf.get("header", "x-csrf-token"))
    answer = send(session, request.with_headers({name: "Fetch"}))
    token = answer.headers.get(name)
    if not token:
        found = f"no {name} in an answer with status {answer.status}"
        raise TokenRefused("unavailable", f"{found}; check the path in the manifest")
    return {name: token}
