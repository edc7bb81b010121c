"""Taking a consent back at the other system when its connection goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from connectors._transport import (
    certificate_of,
    open_session,
    revoke_request,
    send,
)
from connectors.errors import ConnectorError
from credentials import CredentialError
from node_server.errors import Refusal
from node_server.logs import log
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.operations.vault import vault_of
from node_server.store import connections
from node_server.store.connections import Connection

_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Revoked:
    """What became of a consent; `why` is set where it could not be taken back."""

    why: str | None = None

    def __str__(self) -> str:
        if self.why is None:
            return "the consent was taken back"
        return f"the consent could not be taken back: {self.why}; do it there"

    def shown(self) -> dict[str, Any]:
        """As callers see it."""
        return {"revoked": self.why is None} | ({"why": self.why} if self.why else {})


def revoke(house: House, actor: str, row: Connection) -> Revoked | None:
    """Take the consent of a connection back; nothing where the other system has no way to."""
    try:
        return _asked(house, actor, row) if _can_be(house, row) else None
    except (Refusal, ConnectorError, CredentialError) as error:
        log().warning("not_revoked", connection=row.id, why=str(error)[:200])
        return Revoked(str(error)[:200])


def _can_be(house: House, row: Connection) -> bool:
    ways = [*target_of(house, row).connector.manifest.get("auth", ()), row.settings.get("auth", {})]
    stated = any("revoke_url" in each for each in ways)
    return stated and row.credential is not None and not _is_shared(house, row)


def _is_shared(house: House, row: Connection) -> bool:
    with house.store.reading() as transaction:
        users = connections.of_credential(transaction, row.tenant, row.credential or "")
    return any(each.id != row.id for each in users)


def _asked(house: House, actor: str, row: Connection) -> Revoked | None:
    target = target_of(house, row)
    credential = vault_of(house, row.tenant, actor).get(row.credential or "", purpose="revoke")
    entry, parts = target.auth(credential.kind), credential.reveal()
    request = revoke_request(entry, parts)
    if request is None:
        return None
    policy = replace(target.policy(request.url), total_timeout=_SECONDS, read_timeout=_SECONDS)
    with open_session(policy, certificate=certificate_of(parts)) as session:
        answer = send(session, request)
    return Revoked() if answer.ok else Revoked(f"it answered {answer.status}")
