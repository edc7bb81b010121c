"""Small secrets of the server itself, sealed under its master keys before they are stored."""

from __future__ import annotations

from credentials import Unreadable
from node_server.errors import Refusal
from node_server.operations.house import House


def seal(house: House, secret: str, about: str) -> bytes:
    """The secret so that only our master keys open it, and only at this place."""
    return house.keys.ring.seal(secret.encode(), about.encode()).encode("ascii")


def unseal(house: House, sealed: bytes, about: str) -> str:
    """The secret; a refusal where the master key is another one."""
    text = sealed.decode("ascii", "replace")
    try:
        return house.keys.used(lambda ring: ring.open(text, about.encode())).decode()
    except Unreadable:
        hint = "start the server with the master key that it was set up with"
        raise Refusal(503, "unavailable", "a secret cannot be opened", hint=hint) from None
