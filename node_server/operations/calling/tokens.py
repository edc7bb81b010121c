"""Getting a new token: asked for alone, stored before it is used, never lost once it is given."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors._transport import (
    Session,
    TokenRefused,
    TransportFailed,
    ask_token,
    log_in,
    refresh_request,
)
from credentials import Conflict, Credential, ReadOnly, StoreUnavailable, Vault
from node_server.operations.calling.errors import CredentialRefused, Unavailable

OAUTH2 = frozenset(("oauth2_client", "oauth2_jwt", "oauth2_mtls", "oauth2_code"))

_PREVIOUS_SECONDS = 86_400
_MARGINS = (30, 300)
_USUAL_LIFE = 3600
_STORE_PAUSES = (0.05, 0.2, 1.0, 3.0)


class Lapsed(Exception):
    """A person must agree anew."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a token is asked with: the manifest's entry, the connection's session and address."""

    entry: Mapping[str, Any]
    session: Session
    base_url: str


def renewable(entry: Mapping[str, Any]) -> bool:
    """Whether what lets us in can be had anew without a person."""
    return entry["kind"] in OAUTH2 or (entry["kind"] == "session" and "session" in entry)


def is_due(entry: Mapping[str, Any], parts: Mapping[str, str], now: float) -> bool:
    """Whether it is time for a new one: a little before the end, so that no call meets it."""
    if entry["kind"] == "session":
        return "session" in entry and now >= int(parts.get("session_until", 0))
    if entry["kind"] not in OAUTH2:
        return False
    if "access_token" not in parts:
        return True
    least, most = _MARGINS
    margin = max(least, min(most, entry.get("lifetime", _USUAL_LIFE) // 20))
    return "expires_at" in parts and now >= int(parts["expires_at"]) - margin


def is_good(parts: Mapping[str, str], now: float) -> bool:
    """Whether the token works still, though it is time for a new one."""
    return "access_token" in parts and now < int(parts.get("expires_at", 0))


def obtain(way: Way, parts: Mapping[str, str]) -> dict[str, str]:
    """The new parts; `Lapsed` where only a person can help."""
    now = int(time.time())
    try:
        if way.entry["kind"] == "session":
            return log_in(way.session, way.entry, parts, base_url=way.base_url, now=now)
        return _token(way, parts, now)
    except TokenRefused as error:
        if error.code == "unavailable":
            raise Unavailable(error.message) from error
        raise CredentialRefused(error.message) from error
    except TransportFailed as error:
        # Whatever became of it, the call that wanted a token has not been sent.
        raise Unavailable(f"no token could be had: {error.message}") from error


def _token(way: Way, parts: Mapping[str, str], now: int) -> dict[str, str]:
    if way.entry["kind"] != "oauth2_code":
        return ask_token(
            way.session, refresh_request(way.entry, parts, now=now), way.entry, now=now
        )
    if "refresh_token" not in parts:
        raise Lapsed("the token has ended and there is none to refresh it with")
    try:
        return _rotated(_refreshed(way, parts, now), parts, now)
    except TokenRefused as error:
        if error.code != "reauthorise_required":
            raise
        return _with_previous(way, parts, now, error)


def _with_previous(
    way: Way, parts: Mapping[str, str], now: int, refused: TokenRefused
) -> dict[str, str]:
    """An answer that was lost may have left the token before as the one that counts."""
    previous = parts.get("previous_refresh_token")
    if previous is None or now >= int(parts.get("previous_until", 0)):
        raise Lapsed(refused.message) from refused
    older = {**parts, "refresh_token": previous}
    try:
        return _rotated(_refreshed(way, older, now), older, now)
    except TokenRefused as error:
        if error.code != "reauthorise_required":
            raise
        raise Lapsed(refused.message) from error


def _refreshed(way: Way, parts: Mapping[str, str], now: int) -> dict[str, str]:
    return ask_token(way.session, refresh_request(way.entry, parts, now=now), way.entry, now=now)


def _rotated(new: dict[str, str], old: Mapping[str, str], now: int) -> dict[str, str]:
    """The one before is kept a while, where a new refresh token came."""
    if new.get("refresh_token", old["refresh_token"]) == old["refresh_token"]:
        return new
    kept = {"previous_refresh_token": old["refresh_token"]}
    return new | kept | {"previous_until": str(now + _PREVIOUS_SECONDS)}


def store(vault: Vault, used: Credential, new: Mapping[str, str]) -> bool:
    """Keep new parts before they are used; False where the store takes none.

    Whoever changed the credential meanwhile put in another refresh token: then theirs counts.
    """
    version = used.version
    for pause in (*_STORE_PAUSES, None):
        try:
            vault.change(used.name, new, version=version, purpose="refresh")
        except ReadOnly:
            return False
        except Conflict:
            now_there = vault.get(used.name, purpose="refresh")
            if _tells_apart(now_there, used):
                return True
            version = now_there.version
        except StoreUnavailable:
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return True
    raise StoreUnavailable(f"{used.name!r} is changed again and again; try once more")


def _tells_apart(one: Credential, other: Credential) -> bool:
    named = ("client_id", "client_secret", "refresh_token", "access_token", "username", "password")
    mine, theirs = one.reveal(), other.reveal()
    return any(mine.get(name) != theirs.get(name) for name in named)
