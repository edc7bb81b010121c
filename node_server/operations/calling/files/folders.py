"""Which folders of this machine connections may exchange files in: those that the operator says."""

from __future__ import annotations

import re
from pathlib import Path

from node_server.config import Settings
from node_server.operations.calling.errors import NotReady

_TENANT = "{tenant}"
_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


def folder_of(settings: Settings, tenant: str, root: str) -> Path:
    """The folder of a connection; a refusal where the operator has not opened it."""
    wanted = Path(root).resolve()
    for stated in settings.exchange_folders:
        if _TENANT in stated and not _SAFE.fullmatch(tenant):
            continue  # a tenant's name comes from outside: it must not lead anywhere else
        if wanted.is_relative_to(Path(stated.replace(_TENANT, tenant)).resolve()):
            return wanted
    hint = "the operator can open it with the setting exchange_folders"
    raise NotReady(f"the folder {root[-60:]!r} may not be used for files", hint)
