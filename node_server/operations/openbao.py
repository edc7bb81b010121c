"""OpenBao or HashiCorp Vault, as the settings name it, spoken to through the guarded transport."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors._transport import Policy, Request, TransportError, open_session, send
from credentials import AppRole, Call, OpenBao, Secret, StoreUnavailable
from node_server.config import Settings

# The operator names this server, and no user can: it may be anywhere but at a metadata service.
_EVERYWHERE = ("0.0.0.0/0", "::/0")


@lru_cache(maxsize=8)
def open_bao(settings: Settings) -> OpenBao:
    """A client that logs in with the AppRole of the settings; one for a process."""
    role = AppRole(settings.openbao_role_id, Secret(settings.openbao_secret_id))
    return OpenBao(_call(settings), role, namespace=settings.openbao_namespace)


def _call(settings: Settings) -> Call:
    base = settings.openbao_url.rstrip("/")
    session = open_session(_policy(settings))

    def call(method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        stated = {"Content-Type": "application/json", **headers} if data else headers
        try:
            answer = send(session, Request(method, base + path, stated, data))
        except TransportError as error:
            found = "OpenBao gives no answer"
            raise StoreUnavailable(f"{found}; see whether it runs ({error.code})") from error
        return answer.status, answer.tree()

    return call


def _policy(settings: Settings) -> Policy:
    url, file = urlsplit(settings.openbao_url), settings.openbao_authorities
    return Policy(
        hosts=(url.hostname or "",),
        allow_http=url.scheme == "http",
        allow_private=_EVERYWHERE,
        connect_timeout=5,
        read_timeout=10,
        total_timeout=15,
        authorities=Path(file).read_text(encoding="ascii") if file else "",
    )
