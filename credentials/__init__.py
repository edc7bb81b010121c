"""Secrets: sealed, named and handed out ready to use."""

from __future__ import annotations

from credentials.entry import Credential, Entry, Summary
from credentials.errors import (
    Conflict,
    CredentialError,
    InvalidCredential,
    MasterKeyError,
    NotFound,
    ReadOnly,
    StoreUnavailable,
    Unreadable,
)
from credentials.kinds import kind_names, kind_schema
from credentials.openbao import AppRole, Call, OpenBao
from credentials.sealing.envelope import KeyRing, MasterKey
from credentials.sealing.local_keys import (
    LocalKey,
    new_master_key,
    ring_from_environment,
    ring_from_file,
    ring_of,
)
from credentials.sealing.transit import TransitKey
from credentials.secret import Secret, SecretFilter, redact
from credentials.stores.environment import EnvironmentStore
from credentials.stores.memory import MemoryStore
from credentials.stores.openbao_kv import OpenBaoStore
from credentials.stores.protocol import Store
from credentials.stores.rewrapping import Rewrapped, rewrap_table
from credentials.stores.sql import SqlStore, make_table
from credentials.vault import Access, Vault

__all__ = [
    "Access",
    "AppRole",
    "Call",
    "Conflict",
    "Credential",
    "CredentialError",
    "Entry",
    "EnvironmentStore",
    "InvalidCredential",
    "KeyRing",
    "LocalKey",
    "MasterKey",
    "MasterKeyError",
    "MemoryStore",
    "NotFound",
    "OpenBao",
    "OpenBaoStore",
    "ReadOnly",
    "Rewrapped",
    "Secret",
    "SecretFilter",
    "SqlStore",
    "Store",
    "StoreUnavailable",
    "Summary",
    "TransitKey",
    "Unreadable",
    "Vault",
    "kind_names",
    "kind_schema",
    "make_table",
    "new_master_key",
    "redact",
    "rewrap_table",
    "ring_from_environment",
    "ring_from_file",
    "ring_of",
]
