"""Credentials of a tenant: they go in, are described, and never come out again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from credentials import CredentialError, NotFound, Summary, Vault, kind_names, kind_schema
from node_server.errors import Refusal
from node_server.operations.calling import Callers, Target
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.operations.vault import vault_of
from node_server.store import clock, connections
from node_server.store.connections import Connection


def kinds() -> list[dict[str, Any]]:
    """Every kind with its JSON Schema; `writeOnly` marks what never comes out."""
    return [{"kind": name, "schema": kind_schema(name)} for name in kind_names()]


def list_credentials(house: House, tenant: str, actor: str) -> list[dict[str, Any]]:
    """All credentials, as far as they may be shown; what cannot be opened says so."""
    vault = vault_of(house, tenant, actor)
    return [_shown_or_why(vault, name) for name in vault.names()]


def describe(house: House, tenant: str, actor: str, name: str) -> dict[str, Any]:
    """One credential without its secrets, and which connections use it."""
    with house.store.reading() as transaction:
        users = connections.of_credential(transaction, tenant, name)
    summary = vault_of(house, tenant, actor).describe(name)
    return _shown(summary) | {"connections": sorted(each.id for each in users)}


def put(
    house: House, tenant: str, actor: str, name: str, body: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Store a credential, or all of its parts anew; whether it is a new one.

    A stated `version` is the one that is replaced: 0 for a credential that must not be there yet.
    """
    vault = vault_of(house, tenant, actor)
    old = _summary(vault, name)
    parts, kind = body["parts"], body["kind"]
    version = body.get("version", old.version if old else 0)
    if version and old is None:
        raise Refusal(409, "conflict", f"there is no credential {name[:60]!r} at that version")
    if version == 0:
        vault.add(name, kind, parts, purpose="put in")
    else:
        vault.replace(name, parts, version=version, kind=kind, purpose="put in anew")
    _renew_users(house, tenant, name)
    return describe(house, tenant, actor, name), old is None


def remove(house: House, tenant: str, actor: str, name: str) -> None:
    """Take a credential away that no connection uses."""
    with house.store.reading() as transaction:
        users = connections.of_credential(transaction, tenant, name)
    if users:
        named = ", ".join(each.id for each in users[:5])
        raise Refusal(409, "conflict", f"connections use it: {named}", hint="delete them first")
    vault_of(house, tenant, actor).delete(name, purpose="taken away")


def drop_unused(house: House, tenant: str, actor: str, name: str) -> None:
    """Take it away, if it is there and nobody else uses it."""
    with suppress(NotFound, Refusal):
        remove(house, tenant, actor, name)


def bring(
    house: House, actor: str, row: Connection, stated: str | Mapping[str, Any] | None
) -> str | None:
    """The name of the credential that a connection is given: one that is there, or a new one."""
    if stated is None:
        return None
    target = target_of(house, row)
    if isinstance(stated, str):
        return _existing(house, actor, target, stated)
    target.entry(stated["kind"])
    if row.credential != row.id and _summary(vault_of(house, row.tenant, actor), row.id):
        hint = "name it as the connection's credential, or delete it"
        raise Refusal(409, "conflict", f"there is a credential {row.id!r} already", hint=hint)
    _check_ways(house, target, row.id)
    put(house, row.tenant, actor, row.id, stated)
    return row.id


def _existing(house: House, actor: str, target: Target, name: str) -> str:
    tenant = target.connection.tenant
    target.entry(vault_of(house, tenant, actor).describe(name).kind)
    _check_ways(house, target, name)
    return name


def _check_ways(house: House, target: Target, name: str) -> None:
    """All who share a credential send it to the same hosts."""
    row, here = target.connection, leads(target)
    with house.store.reading() as transaction:
        users = connections.of_credential(transaction, row.tenant, name)
    for each in users:
        if each.id != row.id and leads(target_of(house, each)) != here:
            raise bound(name)


def leads(target: Target) -> tuple[object, ...]:
    """Where a connection's secrets go: two that differ in it must not share them."""
    said = target.connection.settings
    ways = (target.base_host, *map(target.token_host, target.kinds))
    further = tuple(sorted(said.get("hosts", ())))
    files = said.get("files", {})
    place = tuple(str(files.get(name)) for name in ("address", "host_key", "trust_first_host_key"))
    return (
        target.connector.name, ways, further, bool(said.get("allow_http")),
        said.get("authorities"), place,
    )  # fmt: skip


def bound(name: str) -> Refusal:
    """Or whoever may change a connection could have its secrets sent to a host of their own."""
    hint = "put the credential in anew together with the change"
    message = f"credential {name[:60]!r} is not sent to other hosts than it was given for"
    return Refusal(409, "credential_bound", message, hint=hint)


def _renew_users(house: House, tenant: str, name: str) -> None:
    """Connections with a new credential begin anew."""
    with house.store.writing() as transaction:
        users = connections.of_credential(transaction, tenant, name)
        for each in users:
            changes = {"state": "new", "why": None, "updated_at": clock.stamp()}
            connections.change(transaction, tenant, each.id, **changes)
    for each in users:
        house.kept(Callers).forget(tenant, each.id)


def _summary(vault: Vault, name: str) -> Summary | None:
    try:
        return vault.describe(name)
    except NotFound:
        return None


def _shown(summary: Summary) -> dict[str, Any]:
    return {
        "name": summary.name,
        "kind": summary.kind,
        "version": summary.version,
        "public": dict(summary.public),
        "secret": list(summary.secret),
    }


def _shown_or_why(vault: Vault, name: str) -> dict[str, Any]:
    try:
        return _shown(vault.describe(name))
    except CredentialError as error:
        return {"name": name, "why": str(error)}
