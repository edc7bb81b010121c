"""A session with an SSH server: connected where it may be, to a server that is known, logged in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

from connectors._transport.addresses import why_not
from connectors._transport.errors import TransportFailed, TransportRefused
from connectors._transport.places.place import fault
from connectors._transport.policy import Policy, address_refused
from connectors._transport.resolution import resolve, system_resolver
from connectors._transport.target import read_host

_FINGERPRINT: Final = "SHA256:"
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Where:
    """A server, where the exchange begins there, and by which keys it is known."""

    host: str
    port: int = 22
    root: str = ""
    host_keys: tuple[str, ...] = ()
    """`ssh-ed25519 AAAA…` or `SHA256:…`; with none of them nobody is spoken to."""
    learn: Callable[[str], None] | None = field(default=None, repr=False)
    """Takes the fingerprint of a server that is not known yet, where one is to be trusted."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are: by password or by key."""

    username: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)


def open_session(where: Where, login: Login, policy: Policy) -> tuple[Any, str]:
    """A session and the fingerprint of the server's key."""
    try:
        import paramiko  # late: an extra, and slow to load
    except ImportError:
        message = "SFTP needs a library that is not installed; pip install 'counterfoil[sftp]'"
        raise TransportRefused("missing", message) from None
    key = _private_key(paramiko, login)
    session = paramiko.Transport(_connected(where, policy))
    try:
        _greeted(paramiko, session, where)
        host_key = _checked(session.get_remote_server_key().asbytes(), where)
        _logged_in(paramiko, session, login, key)
    except BaseException:
        session.close()
        raise
    return session, host_key


def check_host(policy: Policy, host: str) -> None:
    """Refuse a host that can be seen to be forbidden without asking the network."""
    name, address = read_host(f"[{host}]" if ":" in host else host)
    reason = address and why_not(address, policy.networks)
    if reason:
        raise address_refused(name, reason)


def fingerprint_of(key: bytes) -> str:
    """A public key as `ssh-keygen -l` shows it."""
    digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return _FINGERPRINT + digest.rstrip("=")


def _connected(where: Where, policy: Policy) -> socket.socket:
    """Connected to what the name was resolved to, once that may be connected to."""
    end = time.monotonic() + policy.connect_timeout
    try:
        found = resolve(
            policy, system_resolver, where.host, where.port, timeout=policy.connect_timeout
        )
    except OSError as error:
        raise _unreachable(where, error) from error
    why: OSError | None = None
    for address in found:
        try:
            left = max(0.1, end - time.monotonic())
            return socket.create_connection((address, where.port), timeout=left)
        except OSError as error:
            why = error
    raise _unreachable(where, why)


def _unreachable(where: Where, why: OSError | None) -> TransportFailed:
    reason = (why.strerror if why else None) or type(why).__name__
    message = f"{where.host[:60]}:{where.port} cannot be reached: {reason}"
    return TransportFailed("connect", message, outcome="not_applied")


def _greeted(paramiko: Any, session: Any, where: Where) -> None:
    """Ask for the kind of key that is known of the server: most have several."""
    session.banner_timeout = session.auth_timeout = _SECONDS
    known = [each.split()[0] for each in where.host_keys if not each.startswith(_FINGERPRINT)]
    kinds = [kind for name in known for kind in _algorithms(name)]
    options = session.get_security_options()
    if wanted := [each for each in options.key_types if each in kinds]:
        options.key_types = tuple(wanted)
    try:
        session.start_client(timeout=_SECONDS)
    except (paramiko.SSHException, EOFError, OSError) as error:
        if wanted and "host key" in str(error):
            raise _unknown(where, "a key of another kind") from error
        raise fault("closed", where.host, str(error)[:80]) from error


def _algorithms(kind: str) -> tuple[str, ...]:
    """RFC 8332: an RSA key signs in several ways."""
    return ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa") if kind == "ssh-rsa" else (kind,)


def _checked(key: bytes, where: Where) -> str:
    found = fingerprint_of(key)
    known = [_fingerprint(each) for each in where.host_keys]
    if any(hmac.compare_digest(found, each) for each in known):
        return found
    if not known and where.learn is not None:
        where.learn(found)
        return found
    raise _unknown(where, found)


def _fingerprint(stated: str) -> str:
    if stated.startswith(_FINGERPRINT):
        return stated.rstrip("=")
    with suppress(ValueError, IndexError):
        return fingerprint_of(base64.b64decode(stated.split()[1], validate=True))
    return ""


def _unknown(where: Where, found: str) -> TransportRefused:
    stands = "it is not the one that is stated" if where.host_keys else "none is stated"
    message = f"the server {where.host[:60]} shows the key {found}, and {stands}"
    return TransportRefused("host_key", message)


def _private_key(paramiko: Any, login: Login) -> Any:
    if not login.private_key:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(StringIO(login.private_key), login.passphrase or None)
        except paramiko.PasswordRequiredException:
            break
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue
    message = "the private key cannot be used; it is Ed25519, ECDSA or RSA, with its passphrase"
    raise TransportRefused("login", message)


def _logged_in(paramiko: Any, session: Any, login: Login, key: Any) -> None:
    try:
        if key is not None:
            session.auth_publickey(login.username, key)
        else:
            session.auth_password(login.username, login.password)
        complete = session.is_authenticated()
    except paramiko.AuthenticationException:
        complete = False
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise fault("closed", "", str(error)[:80]) from error
    if not complete:
        way = "this key" if key is not None else "this password"
        message = f"the server does not let {login.username[:40]!r} in with {way}"
        raise TransportRefused("login", message)
