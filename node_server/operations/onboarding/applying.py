"""Changes of bank details whose time has come: used here, and told to the other systems."""

from __future__ import annotations

from typing import Final

from canonical_model.controls.screening import OnboardingSettings
from node_server.auth import principal
from node_server.errors import Refusal
from node_server.logs import log
from node_server.operations.control_settings import in_force
from node_server.operations.excepting import settle
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.onboarding.accounts import CONTROL
from node_server.operations.onboarding.changes import note
from node_server.operations.onboarding.stating import stated
from node_server.operations.posting.planning import Wish, plan
from node_server.store import clock, counterfoils, party_changes, records
from node_server.store.party_changes import Row

ACTOR: Final = "control:bank_details"
_MOST: Final = 50


def apply_due(house: House) -> bool:
    """Apply what was approved and has cooled off; whether there was anything."""
    with house.store.reading() as connection:
        rows = party_changes.due(connection, clock.stamp(), _MOST)
    for row in rows:
        if _apply(house, row):
            _propagate(house, row)
    return bool(rows)


def _apply(house: House, row: Row) -> bool:
    """Write the accounts into the party; whether nobody else had done so meanwhile."""
    tenant, record_id = row["tenant"], row["record_id"]
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        stored = records.get(connection, tenant, record_id, to_change=True)
        now = clock.stamp()
        if stored is None or not party_changes.change(
            connection, row, state="applied", applied_at=now
        ):
            return False
        keeper = Keeper(connection, tenant, ACTOR)
        stored = stated(keeper, stored, row, "after")
        settle(keeper, stored, CONTROL, (), f"change {row['id']} was confirmed and has cooled off")
        note(connection, row, ACTOR, "bank_details_applied")
        keeper.finish()
    return True


def _propagate(house: House, row: Row) -> None:
    """A counterfoil for each connection that is to learn of it; what cannot be planned is told."""
    tenant = row["tenant"]
    who = principal(tenant, ACTOR, ACTOR, frozenset({"poster"}))
    with house.store.reading() as connection:
        settings = in_force(connection, tenant, "onboarding", OnboardingSettings)
        rows = counterfoils.of_record(connection, tenant, row["record_id"])
    made = {each["connection_id"] for each in rows if each["state"] == "confirmed"}
    for each in sorted({*settings.connections, *made}):
        action = "update" if each in made else "create"
        try:
            plan(house, who, each, Wish(row["record_id"], action=action))
        except Refusal as refusal:
            log().warning("not_propagated", tenant=tenant, change=row["id"], connection=each,
                          why=refusal.message)  # fmt: skip
