"""A person's consent: sent to agree with state and PKCE, and taken back with tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors._transport import (
    TokenRefused,
    TransportError,
    ask_token,
    authorize_url,
    code_request,
    new_pkce,
    open_session,
)
from credentials import Conflict, Vault
from node_server.errors import Refusal
from node_server.operations import connection_events
from node_server.operations.access import audit_row
from node_server.operations.calling import Callers, NotReady, Target
from node_server.operations.connecting import discovering
from node_server.operations.connecting.connections import found
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.operations.sealing import seal, unseal
from node_server.operations.vault import vault_of
from node_server.store import access, authorisations, clock, connections
from node_server.store.connections import Connection

PATH = "/oauth/callback"
_SECONDS = 900
_KIND = "oauth2_code"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Consent:
    """What became of one: which connection, and what is still to be said of it."""

    connection: Connection
    choices: list[dict[str, Any]]


def begin(house: House, tenant: str, actor: str, connection_id: str) -> dict[str, Any]:
    """The address at which a person begins to agree, good for a quarter of an hour."""
    row = found(house, tenant, connection_id)
    target, vault = target_of(house, row), vault_of(house, tenant, actor)
    entry = _entry(target, row, vault)
    state, pkce, redirect = secrets.token_urlsafe(32), new_pkce(), house.settings.address + PATH
    client = vault.describe(row.credential or "").public["client_id"]
    challenge = pkce.challenge if entry.get("pkce", True) else ""
    address = authorize_url(entry, client, redirect_uri=redirect, state=state, challenge=challenge)
    kept = {"address": address, "redirect": redirect}
    kept["verifier"] = pkce.verifier if challenge else ""
    expires = clock.stamp(after=_SECONDS)
    stored = {
        "state": _hash(state), "tenant": tenant, "connection_id": row.id, "actor": actor,
        "sealed": seal(house, msgspec.json.encode(kept).decode(), _hash(state)).decode(),
        "created_at": clock.stamp(), "expires_at": expires,
    }  # fmt: skip
    with house.store.writing() as transaction:
        authorisations.forget(transaction, before=clock.stamp())
        authorisations.add(transaction, stored)
        access.note(transaction, audit_row(tenant, actor, "authorise_begun", row.id))
    return {"url": f"{house.settings.address}/oauth/authorize?state={state}", "expires_at": expires}


def _entry(target: Target, row: Connection, vault: Vault) -> dict[str, Any]:
    if _KIND not in target.kinds:
        raise NotReady(f"{row.connector} is not connected by a consent; put in its credential")
    if row.credential is None or vault.describe(row.credential).kind != _KIND:
        hint = f"give the connection a credential of kind {_KIND} with the client's id and secret"
        raise NotReady("the client that asks for consent is missing", hint)
    return target.auth(_KIND)


def is_open(house: House, tenant: str, connection_id: str) -> bool:
    """Whether a consent is awaited: begun, and neither taken nor too old."""
    with house.store.reading() as transaction:
        return authorisations.awaited(transaction, tenant, connection_id, now=clock.stamp())


def needs_consent(house: House, tenant: str, connection_id: str) -> bool:
    """Whether a connection waits for a person: there is no token, or it has lapsed."""
    row = found(house, tenant, connection_id)
    if row.credential is None:
        return False
    summary = vault_of(house, tenant, "server").describe(row.credential)
    has_token = {"access_token", "refresh_token"} & set(summary.secret)
    return summary.kind == _KIND and (not has_token or row.state == "reauthorise_required")


def send_on(house: House, state: str) -> str:
    """The vendor's address of a consent that was begun here."""
    with house.store.reading() as transaction:
        row = authorisations.get(transaction, _hash(state))
    return str(_opened(house, row, state)["address"])


def finish(house: House, given: Mapping[str, str], seen: str) -> Consent:
    """Take the consent: `given` came with the callback, `seen` is what the browser kept of it."""
    state = given.get("state", "")
    if not hmac.compare_digest(_hash(state), _hash(seen)):
        raise _failed("this browser did not begin it; begin again")
    with house.store.writing() as transaction:
        row = authorisations.take(transaction, _hash(state))
    kept = _opened(house, row, state)
    assert row is not None  # noqa: S101  (what was opened is there)
    if "code" not in given:
        why = given.get("error", "no code came back")[:60]
        raise _failed(f"the other system said {why!r}")
    connection = found(house, row["tenant"], row["connection_id"])
    target, vault = target_of(house, connection), vault_of(house, connection.tenant, row["actor"])
    _exchange(target, vault, given["code"], kept)
    return _agreed(house, connection, given, row["actor"])


def _opened(house: House, row: dict[str, Any] | None, state: str) -> dict[str, str]:
    if row is None or row["expires_at"] < clock.stamp():
        raise _failed("it took too long, or was used before; begin again")
    opened: dict[str, str] = msgspec.json.decode(
        unseal(house, row["sealed"].encode(), _hash(state))
    )
    return opened


def _exchange(target: Target, vault: Vault, code: str, kept: Mapping[str, str]) -> None:
    """The code for tokens, which are stored before anything is done with them."""
    name, entry = target.connection.credential or "", _entry(target, target.connection, vault)
    credential = vault.get(name, purpose="consent")
    with open_session(target.policy(entry["token_url"])) as session:
        request = code_request(
            entry, credential.reveal(), code=code, redirect_uri=kept["redirect"],
            verifier=kept["verifier"],
        )  # fmt: skip
        try:
            new = ask_token(session, request, entry, now=int(time.time()))
        except TokenRefused as error:
            raise _failed(error.message) from error
        except TransportError as error:
            raise _failed(f"no token came: {error.message}") from error
    gone: dict[str, str | None] = {"previous_refresh_token": None, "previous_until": None}
    for _ in range(_TRIES):
        try:
            vault.change(name, {**gone, **new}, version=credential.version, purpose="consent")
        except Conflict:
            credential = vault.get(name, purpose="consent")
        else:
            return
    raise _failed("the credential is changed again and again; begin again")


def _agreed(house: House, row: Connection, given: Mapping[str, str], actor: str) -> Consent:
    """The connection with what the callback told, and what the target itself tells."""
    house.kept(Callers).forget(row.tenant, row.id)
    row = discovering.keep(house, row, discovering.of_callback(target_of(house, row), given))
    choices, why = _choices(house, row)
    if len(choices) == 1:
        row = discovering.keep(house, row, choices[0]["variables"])
    with house.store.writing(f"connections:{row.tenant}") as transaction:
        connections.change(transaction, row.tenant, row.id, state="active", why=why)
        access.note(transaction, audit_row(row.tenant, actor, "authorised", row.id))
        connection_events.tell(transaction, row, "connected")
    house.kept(Callers).forget(row.tenant, row.id)
    return Consent(row, choices if len(choices) > 1 else [])


def _choices(house: House, row: Connection) -> tuple[list[dict[str, Any]], str | None]:
    """The accounts that were agreed to; the tokens are good, whatever becomes of this."""
    try:
        choices = discovering.choices(house, row)
    except Refusal as error:
        return [], error.message
    return choices, "choose one of the accounts" if len(choices) > 1 else None


def _hash(state: str) -> str:
    """What is stored: whoever reads the table cannot finish a consent."""
    return hashlib.sha256(state.encode()).hexdigest()


def _failed(why: str) -> Refusal:
    return Refusal(400, "authorisation_failed", why)
