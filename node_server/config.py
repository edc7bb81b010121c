"""Settings: from the environment over a file over the defaults, all problems told at once.

A setting named `database_url` is `COUNTERFOIL_DATABASE_URL` in the environment and `database_url`
in the TOML file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

PREFIX = "COUNTERFOIL_"
_MEGABYTE = 1 << 20


def _says(default: Any, meaning: str, *, least: int = 0, secret: bool = False) -> Any:
    kept = {"meaning": meaning, "least": least, "secret": secret}
    return field(default=default, metadata=kept, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set."""

    host: str = _says("127.0.0.1", "Address to listen on; only this machine unless set")
    port: int = _says(8400, "Port to listen on", least=1)
    workers: int = _says(1, "Server processes; more than one wants PostgreSQL", least=1)
    threads: int = _says(8, "Requests that one process works on at once", least=1)
    data: str = _says("counterfoil-data", "Folder of the embedded store and its files")
    database_url: str = _says("", "PostgreSQL instead of the embedded store", secret=True)
    redis_url: str = _says("", "Redis for what several processes share quickly", secret=True)
    broker_url: str = _says("", "Redis or RabbitMQ that hands out postings to several machines",
                            secret=True)  # fmt: skip
    posting_threads: int = _says(8, "Postings that one process works on at once", least=1)
    lease_seconds: int = _says(30, "Seconds after which another takes over from a dead worker",
                               least=2)  # fmt: skip
    public_url: str = _says("", "Address under which others reach this server")
    overlays: tuple[str, ...] = _says((), "Folders of own connectors and overlays")
    max_body: int = _says(64 * _MEGABYTE, "Largest request body in bytes", least=1024)
    max_items: int = _says(1000, "Most rows or records in one JSON answer", least=1)
    time_limit: int = _says(120, "Seconds after which an operation is given up", least=1)
    rate_limit: str = _says("6000/minute", "Requests a key may make; empty for no limit")
    allow_private_targets: tuple[str, ...] = _says((), "Private networks that may be called")
    allow_http_targets: bool = _says(False, "Let http:// addresses be called")
    allow_hosts: tuple[str, ...] = _says((), "Hosts that connections may name as base_url")
    exchange_folders: tuple[str, ...] = _says(
        (), "Folders that connections may exchange files in; {tenant} stands for the tenant"
    )
    oidc_issuer: str = _says("", "Issuer of OpenID Connect tokens to accept besides keys")
    oidc_audience: str = _says("", "Audience that such tokens must name")
    oidc_tenant_claim: str = _says("tenant", "Claim that names the tenant")
    oidc_roles_claim: str = _says("roles", "Claim that lists the roles")
    log_level: str = _says("info", "debug, info, warning or error")
    otel_endpoint: str = _says("", "OpenTelemetry collector (OTLP over HTTP)")
    retention_days: int = _says(0, "Days after which archived documents go; 0 keeps them")
    master_key: str = _says("", "Key that seals secrets; made in the data folder if absent",
                            secret=True)  # fmt: skip
    master_key_transit: str = _says("", "Key of OpenBao's transit engine that seals instead")
    credential_store: str = _says("sql", "Where credentials lie: sql, environment or openbao")
    openbao_url: str = _says("", "OpenBao or HashiCorp Vault, https://bao.example:8200")
    openbao_role_id: str = _says("", "AppRole with which to log in there")
    openbao_secret_id: str = _says("", "Its secret id", secret=True)
    openbao_namespace: str = _says("", "Namespace there")
    openbao_mount: str = _says("secret", "Mount of its KV engine, version 2")
    openbao_path: str = _says("counterfoil", "Path there, below which each tenant has its own")
    openbao_authorities: str = _says("", "PEM file of the authorities of its certificate")
    trusted_proxies: int = _says(0, "Proxies in front whose X-Forwarded headers are believed")

    @property
    def store_url(self) -> str:
        """The database: the one that is set, or the embedded one in the data folder."""
        if self.database_url:
            return _with_driver(self.database_url)
        return f"sqlite:///{Path(self.data).resolve() / 'counterfoil.sqlite'}"

    @property
    def address(self) -> str:
        """Where people find the server."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


class BadSettings(Exception):
    """Settings that cannot be used: each with its name, what was found and what would work."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


_FIELDS = {each.name: each for each in fields(Settings)}
_CHOICES = {
    "log_level": ("debug", "info", "warning", "error"),
    "credential_store": ("sql", "environment", "openbao"),
}


def load(
    environment: Mapping[str, str], file: Path | None = None, given: Mapping[str, Any] | None = None
) -> Settings:
    """The effective settings: what was given at the call, over environment, file and defaults."""
    problems: list[str] = []
    stated = _from_file(file, problems) | _from_environment(environment, problems)
    stated |= {name: value for name, value in (given or {}).items() if value is not None}
    values = {}
    for name, value in stated.items():
        try:
            values[name] = _typed(name, value)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    problems += _contradictions(values)
    if problems:
        raise BadSettings(problems)
    return Settings(**values)


def _from_file(file: Path | None, problems: list[str]) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{file}: not TOML: {error}")
        return {}
    problems += [f"{file}: {_unknown(name)}" for name in content if name not in _FIELDS]
    return {name: value for name, value in content.items() if name in _FIELDS}


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    found = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in _FIELDS:
            found[name] = value
        elif name not in OTHER_VARIABLES and not name.startswith("credential_"):
            problems.append(f"{variable}: {_unknown(name)}")
    return found


# Read elsewhere, each by the one thing that it is for.
OTHER_VARIABLES = frozenset({"config", "api_key", "url"})


def _unknown(name: str) -> str:
    near = get_close_matches(name, _FIELDS, n=2, cutoff=0.5)
    return f"there is no setting {name!r}; " + (
        f"did you mean {' or '.join(near)}?" if near else "see `counterfoil config`"
    )


def _typed(name: str, value: Any) -> Any:
    wanted = _FIELDS[name].type
    if wanted == "int":
        return _whole(value, _FIELDS[name].metadata["least"])
    if wanted == "bool":
        return _flag(value)
    if wanted.startswith("tuple"):
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip())
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    if value not in _CHOICES.get(name, (value,)):
        raise ValueError(f"{value!r} is not known here; use {', '.join(_CHOICES[name])}")
    return value


def _whole(value: Any, least: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a whole number") from None
    if number < least:
        raise ValueError(f"{number} is too small; at least {least}")
    return number


def _flag(value: Any) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True}
    known |= {"false": False, "0": False, "no": False, "off": False, "": False}
    text = str(value).lower()
    if text not in known:
        raise ValueError(f"{value!r} is neither yes nor no; use true or false")
    return known[text]


def _contradictions(values: Mapping[str, Any]) -> Iterator[str]:
    url = values.get("database_url", "")
    if url and urlsplit(url).scheme.partition("+")[0] not in ("postgresql", "postgres"):
        yield "database_url: only PostgreSQL; begin it with postgresql://, or leave it out"
    redis = values.get("redis_url", "")
    if redis and urlsplit(redis).scheme not in ("redis", "rediss", "unix"):
        yield "redis_url: begin it with redis://, rediss:// or unix://"
    broker = values.get("broker_url", "")
    if broker and urlsplit(broker).scheme not in ("redis", "rediss", "amqp", "amqps"):
        yield "broker_url: begin it with redis://, rediss://, amqp:// or amqps://"
    for name in ("public_url", "oidc_issuer", "otel_endpoint", "openbao_url"):
        if (address := values.get(name)) and not address.startswith(("http://", "https://")):
            yield f"{name}: {address!r} is not an address; begin it with https://"
    for network in values.get("allow_private_targets", ()):
        if not _is_network(network):
            yield f"allow_private_targets: {network!r} is not a network; write 10.2.0.0/16"
    wanted = values.get("credential_store") == "openbao" or values.get("master_key_transit")
    if wanted and not all(values.get(f"openbao_{n}") for n in ("url", "role_id", "secret_id")):
        yield "openbao_url: missing, or its role_id or secret_id; all three are needed"
    if values.get("oidc_issuer") and not values.get("oidc_audience"):
        yield "oidc_audience: missing; without it tokens made for other services would be let in"


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else url


def shown(settings: Settings) -> list[tuple[str, str, str]]:
    """Each setting with its effective value and meaning, secrets hidden."""
    return [
        (each.name, _hidden(each.name, getattr(settings, each.name)), each.metadata["meaning"])
        for each in fields(Settings)
    ]


def _hidden(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if not _FIELDS[name].metadata["secret"] or not value:
        return str(value)
    parts = urlsplit(str(value))
    if not parts.hostname:
        return "(hidden)"
    port = f":{parts.port}" if parts.port else ""
    user = "***@" if parts.username or parts.password else ""
    return urlunsplit((parts.scheme, f"{user}{parts.hostname}{port}", parts.path, "", ""))
