"""Where a connection leads, as its manifest, its settings and the operator together say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from connectors import Connector
from connectors._transport import Limit, Policy, check_url, limits_of
from node_server.config import Settings
from node_server.operations.calling.errors import Missing, NotReady
from node_server.operations.calling.filling import fill, fill_url, names_in
from node_server.operations.calling.hosts import check_host, host_of, is_stated, networks
from node_server.store.connections import Connection

_CONCURRENCY = 4
_TIMEOUT = 120
_MOST_BYTES = 32 << 20
_URLS = ("authorize_url", "token_url", "revoke_url")


@dataclass(frozen=True)
class Target:
    """A connection over its manifest."""

    connection: Connection
    connector: Connector
    settings: Settings

    @property
    def api(self) -> Mapping[str, Any]:
        """The manifest's `api`."""
        found: Mapping[str, Any] | None = self.connector.manifest.get("api")
        if found is None:
            raise NotReady(f"{self.connector.name} is a format, not a system; nothing to call")
        return found

    def variable(self, name: str) -> str:
        """What the connection says for a name, or the manifest's default."""
        stated = self.connection.settings.get("variables", {}).get(name)
        found = stated or self.api.get("variables", {}).get(name, {}).get("default")
        if not found:
            hint = f"put it into settings.variables.{name}"
            raise Missing(f"the connection does not say its {name[:60]!r}", hint)
        return str(found)

    def known_variables(self) -> dict[str, Mapping[str, Any]]:
        """Those of the manifest, and those that only its way in names."""
        entries = self.connector.manifest.get("auth", ())
        texts = [str(each.get(name, "")) for each in entries for name in _URLS]
        texts += [text for each in entries for text in each.get("scopes", ())]
        further: dict[str, Mapping[str, Any]] = {
            name: {} for text in texts for name in names_in(text)
        }
        return {**further, **self._variables()}

    def fits(self, name: str, value: str) -> bool:
        """Whether a value is one that a variable can have."""
        pattern = self._variables().get(name, {}).get("pattern")
        return pattern is None or re.fullmatch(pattern, value) is not None

    def check_addresses(self) -> None:
        """Refuse addresses that may not be called; what is not complete yet is left for later."""
        entries = self.connector.manifest.get("auth", [])
        looks: list[Callable[[], object]] = [
            lambda: check_url(self.policy(), self.base_url),
            self._known_hosts,
        ]
        looks += [partial(self.auth, each["kind"]) for each in entries]
        looks += [partial(self.discover_url, each) for each in entries if "discover" in each]
        for look in looks:
            with suppress(Missing):
                look()

    @cached_property
    def base_url(self) -> str:
        """The address that paths are below, checked to be one that may be called."""
        template = self._template()
        url = fill_url(template, self.variable).rstrip("/")
        self._check(url, template, own="base_url" in self.connection.settings)
        return url

    def _template(self) -> str:
        """Test systems of one's own have an address of their own."""
        stated = self.connection.settings.get("base_url")
        sandbox = self.connection.environment == "sandbox" and self.api.get("sandbox_url")
        return str(stated or sandbox or self.api["base_url"])

    def auth(self, kind: str | None) -> dict[str, Any]:
        """How a credential of this kind lets us in; its addresses filled in."""
        entry = {**self.entry(kind), **self.connection.settings.get("auth", {})}
        for name in _URLS:
            if name in entry:
                entry[name] = self._address(entry[name], own=name in self._own_auth())
        entry["scopes"] = [fill(each, self.variable) for each in entry.get("scopes", ())]
        return entry

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of credentials that it takes, the usual one first."""
        return tuple(each["kind"] for each in self.connector.manifest.get("auth", ()))

    @property
    def base_host(self) -> str | None:
        """The host that requests go to; nothing while a variable of it is missing."""
        try:
            return host_of(self.base_url)
        except NotReady:
            return None

    def token_host(self, kind: str) -> str | None:
        """The host that tokens of a kind are asked of, if any, and if it is complete."""
        try:
            return host_of(self.auth(kind).get("token_url", ""))
        except NotReady:
            return None

    def discover_url(self, entry: Mapping[str, Any]) -> str:
        """The address of the call that fills variables after connecting."""
        stated = self._own_auth().get("discover_url")
        return self._address(stated or entry["discover"]["url"], own=stated is not None)

    def urls_besides(self, entry: Mapping[str, Any]) -> list[str]:
        """Addresses besides the base that a way in speaks to."""
        found = [entry["token_url"]] if "token_url" in entry else []
        return found + ([self.discover_url(entry)] if "discover" in entry else [])

    def _address(self, template: str, *, own: bool) -> str:
        url = fill_url(template, self.variable)
        self._check(url, template, own=own)
        return url

    def _check(self, url: str, template: str, *, own: bool) -> None:
        """The vendor's secrets go to the vendor; who hosts a system has it where they like."""
        if self.api.get("self_hosted") or (not own and is_stated(template, self._variables())):
            return
        check_host(host_of(url), self._known_hosts(), self.settings)

    def _own_auth(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.connection.settings.get("auth", {})
        return found

    def entry(self, kind: str | None) -> dict[str, Any]:
        """The manifest's way in by a kind of credential; a refusal where it has none."""
        entries: list[dict[str, Any]] = self.connector.manifest.get("auth", [])
        if kind is None and (not entries or any(each["kind"] == "none" for each in entries)):
            return {"kind": "none"}
        for each in entries:
            if each["kind"] == kind:
                return each
        kinds = " or ".join(each["kind"] for each in entries) or "no credential"
        raise NotReady(f"{self.connector.name} takes {kinds}, not {kind or 'no credential'}")

    def policy(self, *further: str, cookies: bool = False) -> Policy:
        """What may be reached: the hosts above, and what the operator lets be reached besides."""
        wanted, operator = self.connection.settings, self.settings
        hosts = [*self._known_hosts(), *map(host_of, further)]
        with suppress(Missing):  # a consent comes before some variables are known
            hosts.append(host_of(self.base_url))
        timeout = float(self.api.get("timeout", _TIMEOUT))
        return Policy(
            hosts=tuple(dict.fromkeys(each for each in hosts if each)),
            allow_http=bool(wanted.get("allow_http")) and operator.allow_http_targets,
            allow_private=networks(wanted.get("allow_private", ()), operator.allow_private_targets),
            read_timeout=min(60.0, timeout),
            total_timeout=timeout,
            max_bytes=self.api.get("max_bytes", _MOST_BYTES),
            cookies=cookies or "csrf" in self.api,
            authorities=wanted.get("authorities", ""),
        )

    def _known_hosts(self) -> tuple[str, ...]:
        """The manifest's, and the further ones of the connection."""
        stated = (fill(each, self.variable) for each in self.api.get("hosts", ()))
        return (*stated, *self._further_hosts())

    def _further_hosts(self) -> tuple[str, ...]:
        further = tuple(self.connection.settings.get("hosts", ()))
        if not self.api.get("self_hosted"):
            for each in further:
                check_host(each, self.api.get("hosts", ()), self.settings)
        return further

    def _variables(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.api.get("variables", {})
        return found

    def limits(self, *, spare: bool = False) -> list[Limit]:
        """The manifest's limits; `spare` leaves a fifth of each for what is more urgent."""
        who = self.connection
        own = f"{who.tenant}:{who.id}"
        keys = {"connection": own, "app": f"{who.tenant}:{who.connector}", "user": own}
        keys["account"] = f"{own}:{who.environment}"
        found = limits_of(self.api.get("limits", ()), keys)
        if not spare:
            return found
        return [Limit(each.key, max(1, each.requests * 4 // 5), each.seconds) for each in found]

    @property
    def concurrency(self) -> int:
        """Calls at once, at most: the smaller of what the connection and the manifest say."""
        stated = self.connection.settings.get("concurrency", _CONCURRENCY)
        return int(min(stated, self.api.get("concurrency", stated)))
