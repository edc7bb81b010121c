"""Opening a place of files: by the operator's leave, with the credential, at a known server."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from connectors._transport import TransportRefused
from connectors._transport.places import Folder, Login, Place, Where, open_sftp
from node_server.operations.access import audit_row
from node_server.operations.calling.admission import Opened
from node_server.operations.calling.errors import CredentialRefused, NotReady
from node_server.operations.calling.files.described import FileTarget
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.calling.files.folders import folder_of
from node_server.operations.house import House
from node_server.store import access, connections
from node_server.store.connections import Connection

_HOST_KEY = "host_key"


def open_place(house: House, target: FileTarget, opened: Opened) -> Place:
    """The place of a connection; refused where it is not ready, or not the one that is known."""
    exchange = target.exchange
    if exchange.scheme == "file":
        return _folder(house, target)
    parts = opened.parts
    stated = (parts.get(_HOST_KEY, ""), *exchange.host_keys)
    learn = partial(_learnt, house, target.connection) if exchange.trusting else None
    where = Where(
        exchange.host, exchange.port, exchange.root, tuple(each for each in stated if each), learn
    )
    try:
        return open_sftp(where, _login(parts), target.policy())
    except TransportRefused as error:
        if error.code == "login":
            raise CredentialRefused(error.message) from error
        if error.code in (_HOST_KEY, "missing"):
            hint = "compare it with what its operator publishes, then state it"
            raise NotReady(error.message, hint if error.code == _HOST_KEY else "") from error
        raise


def _folder(house: House, target: FileTarget) -> Place:
    root = folder_of(house.settings, target.connection.tenant, target.exchange.root)
    if not root.is_dir():
        raise NotReady(f"the folder {str(root)[-60:]!r} is not there")
    return Folder(root)


def _login(parts: Mapping[str, str]) -> Login:
    names = ("password", "private_key", "passphrase")
    return Login(parts["username"], **{name: parts.get(name, "") for name in names})


def _learnt(house: House, connection: Connection, fingerprint: str) -> None:
    """Keep the first key that a server shows, as the connection was told to."""
    tenant, name = connection.tenant, connection.id
    with house.store.writing(f"connections:{tenant}") as transaction:
        row = connections.get(transaction, tenant, name)
        if row is None or row.settings.get(FILES, {}).get(_HOST_KEY, fingerprint) != fingerprint:
            raise TransportRefused(_HOST_KEY, "another key of this server was learnt meanwhile")
        files = {**row.settings[FILES], _HOST_KEY: fingerprint}
        connections.set_settings(transaction, tenant, name, {**row.settings, FILES: files})
        note = audit_row(tenant, f"connection:{name}", "host_key_learnt", name, fingerprint)
        access.note(transaction, note)
