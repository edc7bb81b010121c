"""Whether a connection works: each thing that it needs, tried in turn, nothing changed there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from connectors._transport import TransportError
from credentials import CredentialError
from node_server.errors import Refusal
from node_server.operations.calling import Answered, Caller, Callers, Target, open_caller
from node_server.operations.calling.files.file_caller import FileCaller
from node_server.operations.connecting.connections import found
from node_server.operations.connecting.targets import target_of
from node_server.operations.house import House
from node_server.operations.vault import vault_of

_SECONDS = 30.0
_MICRO = 1_000_000


def test(house: House, tenant: str, actor: str, connection_id: str) -> dict[str, Any]:
    """The checks with what each found; after one that fails the others are not tried."""
    row = found(house, tenant, connection_id)
    house.kept(Callers).forget(tenant, connection_id)
    target = target_of(house, row)

    def credential() -> str:
        if row.credential is None:
            target.entry(None)
            return "none is needed"
        summary = vault_of(house, tenant, actor).describe(row.credential)
        target.entry(summary.kind)
        return f"{summary.kind} {row.credential!r} can be opened"

    def let_in() -> str:
        with open_caller(house, tenant, connection_id) as caller:
            return caller.admit()

    def call() -> str:
        with open_caller(house, tenant, connection_id) as caller:
            return _call(caller, target)

    steps = {"settings": lambda: _settings(target), "credential": credential}
    return _tried({**steps, "token": let_in, "call": call})


def _tried(steps: dict[str, Callable[[], str]]) -> dict[str, Any]:
    checks: list[dict[str, Any]] = []
    for name, step in steps.items():
        began = time.perf_counter()
        ok, message = _outcome(step)
        took = round((time.perf_counter() - began) * 1000)
        checks.append({"check": name, "ok": ok, "message": message, "milliseconds": took})
        if not ok:
            break
    return {"ok": all(each["ok"] for each in checks), "checks": checks}


def _outcome(step: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, step()
    except Refusal as error:
        return False, error.message + (f"; {error.hint}" if error.hint else "")
    except (TransportError, CredentialError) as error:
        return False, str(error)


def _settings(target: Target) -> str:
    target.check_addresses()
    return f"requests go to {target.base_url}"


def _call(caller: Caller, target: Target) -> str:
    """The manifest's own test, or the first list, of which one page is read."""
    if isinstance(caller, FileCaller):
        return caller.try_out()
    spec = _harmless(target)
    answer = caller.send(caller.request(spec), purpose="test", timeout=_SECONDS)
    if not answer.ok:
        raise Answered(answer, target.api, spec)
    return f"{spec.get('method', 'GET')} {spec['path']} answered {answer.status}"


def _harmless(target: Target) -> dict[str, Any]:
    if "test" in target.api:
        return {"method": "GET", "path": target.api["test"]}
    resources = target.connector.manifest["resources"].values()
    lists = [each["list"] for each in resources if "list" in each]
    plain = [each for each in lists if each.get("method", "GET") == "GET"] or lists
    return {"method": "GET", **(plain[0] if plain else {"path": "/"})}
