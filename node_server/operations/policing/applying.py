"""A policy that has come into force, asked about documents that were there before it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from node_server.auth import Principal
from node_server.envelope import cursor, position
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.policing.deciding import decide_by_itself
from node_server.operations.policing.showing import chosen
from node_server.store import past_records


def applied(
    house: House, who: Principal, name: str, *, after: str | None, most: int
) -> dict[str, Any]:
    """Ask about the next documents of its kinds that nobody has approved yet; how they came out.

    What was decided and is so still stays as it is; what holds or needs approvals says so.
    """
    reach = chosen(house, who.tenant, name, None).policy.applies_to
    if reach is None or not reach.kinds:
        hint = "name them in `applies_to`, or ask by POST /v1/decide"
        raise Refusal(409, "step_refused", "it applies to no kinds of documents", hint=hint)
    with house.store.reading() as connection:
        rows = past_records.undecided(
            connection, who.tenant, reach.kinds, after=position(after), limit=most + 1
        )
    outcomes: Counter[str] = Counter()
    for _, record_id in rows[:most]:
        found = decide_by_itself(house, who.tenant, record_id, who.id)
        outcomes.update(row["outcome"] for row in found if row["policy"] == name)
    told = {"asked": sum(outcomes.values()), "outcomes": dict(sorted(outcomes.items()))}
    more = len(rows) > most
    return {
        **told,
        "has_more": more,
        **({"next_cursor": cursor(rows[most - 1][0])} if more else {}),
    }
