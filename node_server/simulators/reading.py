"""Lists, look-ups and single records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from node_server.simulators import paging
from node_server.simulators.asked import conditions_of, order_of
from node_server.simulators.call import Call, Reply
from node_server.simulators.conditions import Condition, NotUnderstood, every, value_at
from node_server.simulators.described import Route, Shelf, Target
from node_server.simulators.places import put
from node_server.simulators.refusals import Refusals
from node_server.simulators.routing import Routed
from node_server.simulators.rows import Row, Rows

_COUNTED = ("none", "page", "offset", "body_offset", "qbo_query")


class Reader:
    """What is read of the rows of one system."""

    def __init__(self, target: Target, rows: Rows, refusals: Refusals, page_size: int) -> None:
        self._target, self._rows, self._refusals = target, rows, refusals
        self._page_size = page_size

    def listed(self, call: Call, found: Routed, *, stuck: bool) -> Reply:
        """A page of the rows that are asked for."""
        try:
            wanted = conditions_of(call, found.routes)
        except NotUnderstood as error:
            return self._refusals.refusal(400, f"The query is not understood: {error}")
        shelves = {route.shelf.name: route.shelf for route in found.routes}.values()
        with self._rows.lock:
            held = [row for shelf in shelves for row in self._near(shelf, wanted)]
        asked = self._asked(call, found.first, every(wanted, iter(held)), stuck)
        return paging.page(replace(asked, rows=_ordered(call, asked)))

    def _near(self, shelf: Shelf, wanted: list[Condition]) -> list[Row]:
        """Rows to compare: all, or those that an equality leaves."""
        equal = next((each for each in wanted if each.op == "="), None)
        if equal is None:
            return self._rows.all(shelf)
        return self._rows.alike(shelf, equal.path, equal.value)

    def _asked(self, call: Call, route: Route, rows: list[Row], stuck: bool) -> paging.Asked:
        """Look-ups that are the list's own call come in its pages."""
        like_list = route.purpose == "list" or route.paged_like
        spec = route.shelf.of("list") if like_list else route.spec
        usual = self._target.api.get("paging", {"style": "none"})
        return paging.Asked(
            call,
            spec.get("paging", usual if like_list else {"style": "none"}),
            str(spec.get("items", "")),
            rows,
            route.shelf.id_steps,
            self._page_size,
            stuck=stuck,
        )

    def one(self, route: Route, row_id: str) -> Reply:
        """A record by its id."""
        row = self._rows.find(route.shelf, row_id)
        if row is None:
            return self._refusals.missing(f"{route.resource} {row_id}")
        return Reply(200, put({}, str(route.spec.get("item", "")), row.record))


def _ordered(call: Call, asked: paging.Asked) -> Sequence[Row]:
    """In the order that is asked for, where pages are counted; cursors go by age."""
    field, last_first = order_of(call)
    if not field or asked.paging.get("style", "none") not in _COUNTED:
        return asked.rows

    def place(row: Row) -> tuple[str, int]:
        return str(value_at(row.record, field) or ""), row.number

    return sorted(asked.rows, key=place, reverse=last_first)
