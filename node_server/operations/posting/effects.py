"""Effects on other systems: which is meant, how the manifest describes it, under which key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from canonical_model import wire
from canonical_model.documents import AnyDocument, kind_of
from canonical_model.identity import canonical_json
from canonical_model.identity.outbound import Action, OutboundKey, outbound_key
from connectors import Connector
from connectors.errors import MapError
from node_server.errors import Refusal

ACTIONS: Final = ("create", "update", "void")
ATTACH: Final = "attach"

PRIORITIES: Final[Mapping[str, int]] = {"payment": 0, "party": 3, "bank_account": 3, "ref_data": 3}
"""Payments first, master data last; all other documents in between."""
USUAL_PRIORITY: Final = 1
LATER_PRIORITY: Final = 2
"""Of what may follow when the rest is done: files, above all."""

_AGAIN = "#"  # what stands before the number of an effect that takes the place of a refused one


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to be done once to one record on one connection."""

    connector: str
    connection: str
    record: str
    revision: int
    resource: str
    action: str = "create"
    """create, update, void, attach, or the name of one of the manifest's actions."""
    step: str = ""

    @property
    def key(self) -> OutboundKey:
        """Its key: the same for the same effect, for ever."""
        action, step = self.action, self.step
        if action not in get_args(Action):
            # Once for a record, as a creation is, and another effect than that.
            action, step = "create", f"{action}:{step}".rstrip(":")
        return outbound_key(
            action,  # type: ignore[arg-type]
            target=self.connector,
            connection=self.connection,
            record=self.record,
            step=step,
            revision=self.revision,
        )

    def again(self, times: int) -> Effect:
        """The effect in place of one that was definitely not applied."""
        step = f"{base_step(self.step)}{_AGAIN}{times + 1}"
        return Effect(
            self.connector, self.connection, self.record, self.revision, self.resource,
            self.action, step,
        )  # fmt: skip


def effect_of(row: Mapping[str, Any]) -> Effect:
    """The effect that a counterfoil is of."""
    return Effect(
        row["connector"], row["connection_id"], row["record_id"], row["revision"],
        row["resource"], row["action"], row["step"],
    )  # fmt: skip


def base_step(step: str) -> str:
    """A step without the number of its repetition."""
    return step.partition(_AGAIN)[0]


def asked_for(effect: Effect, content: str | None) -> str:
    """The hash of what was asked for: it tells whether the same is asked for again.

    It is of the document, not of the bytes made of it: a better map or another account in the
    crosswalk does not make another request out of the same one.
    """
    parts = [content or "", effect.resource, effect.action, base_step(effect.step)]
    return hashlib.sha256(canonical_json(parts)).hexdigest()


def operation_of(connector: Connector, resource: str, action: str) -> dict[str, Any]:
    """How the manifest says that an effect is made; a refusal where it does not."""
    stated = connector.manifest["resources"].get(resource, {})
    own = (*ACTIONS, ATTACH)
    found = stated.get(action) if action in own else stated.get("actions", {}).get(action)
    if found is None:
        able = [name for name, each in connector.manifest["resources"].items() if action in each]
        hint = f"it can {action} {', '.join(able)}" if able else "see its resources"
        raise _not_postable(f"{connector.name} cannot {action} {resource[:60]!r}", hint)
    return {"method": "POST", **found}


def can_attach(connector: Connector, resource: str) -> bool:
    """Whether the target takes files at a record, and the manifest says how."""
    return ATTACH in connector.manifest["resources"].get(resource, {})


def id_there(connector: Connector, resource: str, target_id: str) -> str | int:
    """An id as the target itself writes it: a number where its ids are numbers."""
    stated = connector.manifest["resources"].get(resource, {}).get("create", {})
    is_number = isinstance(stated.get("id_example"), int) and target_id.isdecimal()
    return int(target_id) if is_number else target_id


def resource_for(connector: Connector, document: AnyDocument, action: str) -> str:
    """The resource that takes a document: of its kind, and of its sort where there are several."""
    plain, kind = wire.to_plain(document), kind_of(document)
    able = [each for each in connector.map_names("write") if _can(connector, each, action)]
    takers = [each for each in able if _takes(connector, each, kind, plain)]
    if len(takers) == 1:
        return takers[0]
    if not takers:
        hint = f"it takes {', '.join(able)}" if able else "its manifest describes no way to write"
        raise _not_postable(f"{connector.name} takes no such {kind}", hint)
    hint = f"say `resource`: {', '.join(takers)}"
    raise _not_postable(f"{connector.name} takes a {kind} in several ways", hint)


def _can(connector: Connector, resource: str, action: str) -> bool:
    stated = connector.manifest["resources"].get(resource, {})
    return action in stated or action in stated.get("actions", {})


def _takes(connector: Connector, resource: str, kind: str, plain: dict[str, Any]) -> bool:
    try:
        found = connector.write_map(resource)
    except MapError:
        return False
    return found.document == kind and found.takes(plain)


def _not_postable(message: str, hint: str) -> Refusal:
    return Refusal(422, "not_postable", message, hint=hint)


def priority_of(kind: str, action: str) -> int:
    """How urgent an effect is: 0 before 1 before 2 before 3."""
    return LATER_PRIORITY if action == ATTACH else PRIORITIES.get(kind, USUAL_PRIORITY)
