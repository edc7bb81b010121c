"""The vault of a tenant: where its credentials lie is set, and every access goes on record."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import quote

from credentials import (
    Access,
    Entry,
    EnvironmentStore,
    KeyRing,
    OpenBaoStore,
    SqlStore,
    Store,
    Vault,
)
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.operations.openbao import open_bao
from node_server.store import access
from node_server.store.outward_tables import credentials

_HOME = "default"
_WORDS = {"read": "secret_read", "written": "secret_written", "deleted": "secret_deleted"}


def vault_of(house: House, tenant: str, actor: str) -> Vault:
    """The tenant's vault; what `actor` reads, writes and deletes there goes into the audit trail
    before a secret leaves."""

    def note(accessed: Access) -> None:
        about = f"{accessed.kind} {accessed.version}: {accessed.purpose}".strip()
        row = audit_row(tenant, actor, _WORDS[accessed.action], accessed.name, about)
        with house.store.writing() as connection:
            access.note(connection, row)

    return Vault(_STORES[house.settings.credential_store](house, tenant), note)


class _Sql:
    """The usual store, with the master keys as they are at each use: a rotation may go on."""

    def __init__(self, house: House, tenant: str) -> None:
        self._house = house
        self._tenant = tenant

    def read(self, name: str) -> Entry:
        return self._house.keys.used(lambda ring: self._store(ring).read(name))

    def write(self, entry: Entry) -> int:
        return self._house.keys.used(lambda ring: self._store(ring).write(entry))

    def delete(self, name: str) -> None:
        self._store(self._house.keys.ring).delete(name)

    def names(self) -> list[str]:
        return self._store(self._house.keys.ring).names()

    def _store(self, ring: KeyRing) -> SqlStore:
        return SqlStore(self._house.store.engine, credentials, ring, tenant=self._tenant)


def _environment(house: House, tenant: str) -> Store:
    """The environment is that of one tenant: no other may see what its operator put there."""
    return EnvironmentStore(os.environ if tenant == _HOME else {})


def _openbao(house: House, tenant: str) -> Store:
    settings = house.settings
    path = f"{settings.openbao_path}/{quote(tenant, safe='')}"
    return OpenBaoStore(open_bao(settings), mount=settings.openbao_mount, path=path)


_STORES: dict[str, Callable[[House, str], Store]] = {
    "sql": _Sql,
    "environment": _environment,
    "openbao": _openbao,
}
