"""What lets a connection in: its credential, opened for a while, renewed by one for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors._transport import Auth, Redactor, Session, certificate_of, make_auth, open_session
from credentials import Credential, CredentialError, StoreUnavailable
from node_server.operations.calling import tokens
from node_server.operations.calling.errors import CallRefused, NotReady, Reauthorise, Unavailable
from node_server.operations.calling.shared import alone
from node_server.operations.calling.standing import Standing
from node_server.operations.calling.target import Target
from node_server.operations.house import House
from node_server.operations.vault import vault_of

_BELIEVED = 60.0  # seconds for which an opened credential is used without asking the vault
_PATIENCE = 45.0
_PAUSE = 5.0
_TOKEN_SECONDS = 20.0  # twice: the token before is tried too; shorter than a turn
_NO_PARTS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Opened:
    """A credential that was read, and until when it is believed."""

    credential: Credential | None
    entry: Mapping[str, Any]
    parts: Mapping[str, str]
    redactor: Redactor
    until: float

    @property
    def token(self) -> str:
        """What tells one admission from the next."""
        parts = self.parts
        return parts.get("access_token") or parts.get("session_until") or ""


class Admission:
    """The credential of one connection in this process."""

    def __init__(self, house: House, target: Target, standing: Standing) -> None:
        self._house = house
        self._target = target
        self._standing = standing
        who = target.connection
        self._name = who.credential
        self._vault = vault_of(house, who.tenant, f"connection:{who.id}")
        self._opened: Opened | None = None
        self._session: tuple[str, Session] | None = None
        self._memory: dict[str, str] = {}
        self._unsaved: tuple[Credential, Mapping[str, str]] | None = None
        self._lapsed: tuple[int, str] | None = None
        self._pause_until = 0.0
        self._lock = threading.RLock()

    @property
    def session(self) -> Session:
        """The open connections; others where the certificate has changed."""
        with self._lock:
            opened = self.opened()
            certificate = opened.parts.get("certificate", "")
            if self._session is None or self._session[0] != certificate:
                self._close_session()
                urls = self._target.urls_besides(opened.entry)
                policy = self._target.policy(*urls, cookies=opened.entry["kind"] == "session")
                made = open_session(policy, certificate=certificate_of(opened.parts))
                self._session = (certificate, made)
            return self._session[1]

    def opened(self) -> Opened:
        """The credential as it was read within the last minute."""
        with self._lock:
            if self._opened is None or time.monotonic() >= self._opened.until:
                self._opened = self._read("call")
            return self._opened

    def ready(self) -> tuple[Opened, Auth]:
        """What lets a request in now."""
        opened = self.opened()
        if tokens.is_due(opened.entry, opened.parts, time.time()):
            left = tokens.is_good(opened.parts, time.time())
            if not left or time.monotonic() >= self._pause_until:
                opened = self._renewed(opened)
        return opened, make_auth(opened.entry, opened.parts)

    def renew(self, used: Opened) -> bool:
        """Something better than what was refused; False where there can be nothing."""
        if not tokens.renewable(used.entry):
            return False
        self._renewed(used, refused=True)
        return True

    def forget(self) -> None:
        """Read the credential again at the next call."""
        with self._lock:
            self._opened = None

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            self._close_session()

    def _close_session(self) -> None:
        if self._session is not None:
            self._session[1].close()
            self._session = None

    def _read(self, purpose: str) -> Opened:
        credential = self._from_vault(purpose)
        entry = self._target.auth(credential.kind if credential else None)
        parts = {**credential.reveal(), **self._memory} if credential else _NO_PARTS
        secrets = [parts[name] for name in credential.secret] if credential else []
        secrets += self._memory.values()
        return Opened(credential, entry, parts, Redactor(secrets), time.monotonic() + _BELIEVED)

    def _from_vault(self, purpose: str) -> Credential | None:
        if self._name is None:
            return None
        try:
            return self._vault.get(self._name, purpose=purpose)
        except StoreUnavailable as error:
            raise Unavailable(str(error)) from error
        except CredentialError as error:
            raise NotReady(str(error)) from error

    def _renewed(self, used: Opened, *, refused: bool = False) -> Opened:
        """A new token, by one for all; whoever waited takes what that one got."""
        good = not refused and tokens.is_good(used.parts, time.time())
        who = self._target.connection
        key = f"refresh:{who.tenant}:{self._name}"

        def work() -> Opened:
            with alone(self._house, key, patience=0.0 if good else _PATIENCE):
                return self._renew_alone(used)

        try:
            found = _apart(work)
        except (CallRefused, tokens.Lapsed) as error:
            if good:  # the token has a while left: say nothing yet, and do not ask at every call
                self._pause_until = time.monotonic() + _PAUSE
                return used
            if isinstance(error, CallRefused):
                raise
            self._standing.lapsed(str(error))
            raise Reauthorise(who.id, str(error)) from error
        with self._lock:
            self._opened = found
        return found

    def _renew_alone(self, used: Opened) -> Opened:
        if self._unsaved is not None:
            self._save(*self._unsaved)
        fresh = self._read("refresh")
        due = tokens.is_due(fresh.entry, fresh.parts, time.time())
        if fresh.token != used.token and not due:
            return fresh
        version = fresh.credential.version if fresh.credential else 0
        if self._lapsed is not None and self._lapsed[0] == version:
            raise tokens.Lapsed(self._lapsed[1])  # nobody has agreed anew since
        try:
            new = self._obtained(fresh)
        except tokens.Lapsed as error:
            self._lapsed = version, str(error)
            raise
        if fresh.credential is None or _lives_in_cookie(fresh.entry):
            self._memory = new
        else:
            self._save(fresh.credential, new)
        return self._read("refresh")

    def _obtained(self, fresh: Opened) -> dict[str, str]:
        """A log-in goes through the session that its cookies then live in; tokens need none."""
        if fresh.entry["kind"] == "session":
            way = tokens.Way(fresh.entry, self.session, self._target.base_url)
            return tokens.obtain(way, fresh.parts)
        policy = replace(
            self.session.policy, read_timeout=_TOKEN_SECONDS, total_timeout=_TOKEN_SECONDS
        )
        with open_session(policy, certificate=certificate_of(fresh.parts)) as session:
            way = tokens.Way(fresh.entry, session, "")
            return tokens.obtain(way, fresh.parts)

    def _save(self, credential: Credential, new: Mapping[str, str]) -> None:
        """Stored before use. What cannot be stored now is kept, and stored before anything else."""
        self._unsaved = credential, new
        try:
            kept = tokens.store(self._vault, credential, new)
        except StoreUnavailable as error:
            raise Unavailable(str(error), wait=5) from error
        self._unsaved = None
        self._memory = {} if kept else dict(new)


def _lives_in_cookie(entry: Mapping[str, Any]) -> bool:
    return entry["kind"] == "session" and "token" not in entry.get("session", {})


def _apart(work: Callable[[], Opened]) -> Opened:
    """In a thread of its own: a time limit of the caller must not end it between two steps."""
    found: list[Opened] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001  (raised again in the caller's thread)
            failed.append(error)

    thread = threading.Thread(target=run, name="refresh")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
