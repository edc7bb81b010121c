"""Where files are exchanged: folders of this machine, and SFTP servers."""

from __future__ import annotations

from connectors._transport.places.answering import answer_of
from connectors._transport.places.folder import Folder
from connectors._transport.places.place import Entry, Place, fault, is_plain, joined
from connectors._transport.places.sftp import Sftp, open_sftp
from connectors._transport.places.ssh import Login, Where, check_host

__all__ = [
    "Entry",
    "Folder",
    "Login",
    "Place",
    "Sftp",
    "Where",
    "answer_of",
    "check_host",
    "fault",
    "is_plain",
    "joined",
    "open_sftp",
]
