"""Exceptions and settings on both stores."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.keeping import Keeper
from node_server.store import exceptions, records
from node_server.store.records import Stored

from ..conftest import Served

_numbers = itertools.count(1)
FIGURES = ("lines", "net", "gross", "payable")


def invoice(**more: Any) -> bytes:
    """An invoice that shares neither number nor amount with another one."""
    number = next(_numbers)
    document = {
        "kind": "invoice", "number": f"C-{number}", "issue_date": "2026-01-31",
        "currency": "EUR", "direction": "payable",
        "seller": {"name": f"Seller {number}", "ids": [{"kind": "vat", "value": "DE123456788"}]},
        "lines": [{"id": "1", "net": f"{number}.00"}],
        "totals": dict.fromkeys(FIGURES, f"{number}.00"),
    }  # fmt: skip
    return json.dumps(document | more).encode()


def taken_in(served: Served, data: bytes | None = None, role: str = "mapper") -> str:
    """Id of a document that was taken in."""
    answer = served.post("/v1/documents?connector=canonical", role, data=data or invoice())
    assert answer.status_code in (200, 201), answer.text
    found: str = answer.get_json()["documents"][0]["id"]
    return found


@contextmanager
def keeping(served: Served, record_id: str, actor: str = "control:x") -> Iterator[Any]:
    """A keeper and the record, as a control has them."""
    with served.house.store.writing(f"acme:record:{record_id}") as connection:
        stored = records.get(connection, "acme", record_id, to_change=True)
        keeper = Keeper(connection, "acme", actor)
        yield keeper, stored
        keeper.finish()


def raised(served: Served, record_id: str, *found: Finding) -> Stored:
    """The document after a control has found this."""
    with keeping(served, record_id) as (keeper, stored):
        for each in found:
            stored = raise_on(keeper, stored, each)
    return stored


def settled(served: Served, record_id: str, control: str, *keep: str, why: str = "") -> Stored:
    """The document after a control has no other objection."""
    with keeping(served, record_id) as (keeper, stored):
        return settle(keeper, stored, control, keep=keep, why=why)


def open_ones(served: Served, record_id: str) -> list[tuple[str, str]]:
    """Control and code of what is open."""
    with served.house.store.reading() as connection:
        rows = exceptions.of_record(connection, "acme", record_id)
    return [(row["control"], row["code"]) for row in rows if row["state"] == "open"]
