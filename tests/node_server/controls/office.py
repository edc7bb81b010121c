"""People with keys of their own, policies and a directory: an office that approves things."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import yaml
from werkzeug.test import TestResponse

from node_server.operations.access import make_key
from node_server.operations.controls_following import Controller
from node_server.operations.keeping import Keeper
from node_server.operations.policing.following import HANDLER
from node_server.store import clock, control_settings, exceptions, records

from ..conftest import Served
from .conftest import invoice

_numbers = itertools.count(1)
ROLES = {
    "clerk": ["mapper"],
    "ann": ["approver"],
    "bob": ["approver"],
    "cyd": ["approver"],
    "eve": ["approver"],
    "pam": ["controller"],
    "pat": ["controller"],
    "aud": ["auditor"],
}

MATRIX: dict[str, Any] = {
    "policy": "matrix",
    "version": "1",
    "applies_to": {"kinds": ["invoice"], "directions": ["payable"]},
    "distinct_approvers": True,
    "inputs": {
        "amount": {"type": "number"},
        "creator": {"type": "text"},
        "supplier_name": {"type": "text", "optional": True},
        "held_for": {"type": "list", "optional": True},
    },
    "tables": [
        {
            "name": "blocks",
            "hit": "collect",
            "rules": [
                {"id": "blocked", "says": "No business with Mallory",
                 "when": {"supplier_name": "Mallory"}, "then": {"outcome": "refuse"}},
                {"id": "huge", "says": "Nobody orders so much",
                 "when": {"amount": {"at_least": 1000000}}, "then": {"outcome": "hold"}},
            ],
        },
        {
            "name": "approval",
            "hit": "collect",
            "rules": [
                {"id": "owner", "says": "From 500 on the owner approves",
                 "when": {"amount": {"at_least": 500}},
                 "then": {"steps": [{"id": "owner", "role": "owner", "stage": 1, "days": 3}]}},
                {"id": "finance", "says": "From 1000 on finance too",
                 "when": {"amount": {"at_least": 1000}},
                 "then": {"steps": [{"id": "finance", "role": "controller", "stage": 2}]}},
            ],
        },
    ],
    "cases": [
        {"name": "small", "day": "2026-02-01", "facts": {"amount": 1, "creator": "clerk"},
         "expect": {"outcome": "allow"}},
        {"name": "large", "day": "2026-02-01", "facts": {"amount": 1000, "creator": "clerk"},
         "expect": {"outcome": "review", "steps": ["owner", "finance"]}},
    ],
}  # fmt: skip
DIRECTORY = {
    "assignments": [
        {"role": "owner", "person": "ann"},
        {"role": "owner", "person": "bob"},
        {"role": "controller", "person": "cyd"},
    ],
}


def _in_xero(number: str, amount: float) -> dict[str, Any]:
    line = {"LineItemID": "1", "Quantity": 1, "UnitAmount": amount, "LineAmount": amount}
    return {
        "Type": "ACCPAY", "InvoiceID": f"id-{number}", "InvoiceNumber": number,
        "Status": "AUTHORISED", "Contact": {"ContactID": f"c-{number}", "Name": f"Alder {number}"},
        "Date": "/Date(1769817600000+0000)/", "CurrencyCode": "EUR", "LineItems": [line],
        "SubTotal": amount, "TotalTax": 0.0, "Total": amount, "AmountDue": amount,
    }  # fmt: skip


@dataclass
class Office:
    """Each person by name, with one key."""

    served: Served
    tenant: str = field(default_factory=lambda: f"office-{next(_numbers)}")
    keys: dict[str, str] = field(default_factory=dict)
    settings: int = 0

    def __post_init__(self) -> None:
        for name, roles in ROLES.items():
            self.key(name, *roles)

    def key(self, name: str, *roles: str) -> str:
        self.keys[name] = make_key(self.served.house, self.tenant, name, list(roles))["key"]
        return self.keys[name]

    def call(self, name: str, method: str, path: str, **sent: Any) -> TestResponse:
        headers = {"X-Api-Key": self.keys[name]}
        return self.served.client.open(path, method=method, headers=headers, **sent)

    @contextmanager
    def keeping(self, record: str) -> Iterator[Any]:
        """A keeper and the document, as another control has them."""
        with self.served.house.store.writing(f"{self.tenant}:record:{record}") as connection:
            stored = records.get(connection, self.tenant, record, to_change=True)
            keeper = Keeper(connection, self.tenant, "control:match")
            yield keeper, stored
            keeper.finish()

    def open_ones(self, record: str) -> list[tuple[str, str]]:
        """Control and code of the exceptions that are open."""
        with self.served.house.store.reading() as connection:
            rows = exceptions.of_record(connection, self.tenant, record)
        return [(row["control"], row["code"]) for row in rows if row["state"] == "open"]

    def get(self, name: str, path: str) -> Any:
        answer = self.call(name, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def directory(self, **changes: Any) -> None:
        """Another directory, in force at once."""
        self.settings += 1
        row = {
            "tenant": self.tenant, "name": "directory", "version": self.settings, "state": "active",
            "body": json.dumps(DIRECTORY | changes), "hash": str(self.settings),
            "proposed_by": "pam", "proposed_at": clock.stamp(), "decided_by": "pat",
            "decided_at": clock.stamp(),
        }  # fmt: skip
        with self.served.house.store.writing() as connection:
            if self.settings > 1:
                control_settings.change(
                    connection, self.tenant, "directory", self.settings - 1, state="retired"
                )
            control_settings.add(connection, row)

    def propose(self, tree: Any, name: str = "pam") -> TestResponse:
        text = yaml.safe_dump(tree, sort_keys=False)
        return self.call(name, "PUT", f"/v1/policies/{tree['policy']}", data=text)

    def decide(self, name: str, policy: str, number: int, word: str, **body: Any) -> TestResponse:
        path = f"/v1/policies/{policy}/versions/{number}/{word}"
        return self.call(name, "POST", path, json=body)

    def in_force(self, tree: Any) -> int:
        """A policy that pam proposes and pat activates; its number."""
        proposed = self.propose(tree)
        assert proposed.status_code == 201, proposed.text
        number: int = proposed.get_json()["number"]
        done = self.decide("pat", tree["policy"], number, "activate")
        assert done.status_code == 200, done.text
        return number

    def invoice(self, amount: str, name: str = "clerk", **more: Any) -> str:
        """An invoice of so much that somebody takes in; its id."""
        totals = {"net": amount, "gross": amount, "payable": amount, "lines": amount}
        data = invoice(totals=totals, lines=[{"id": "1", "net": amount}], **more)
        return self.taken_in(data, name)

    def bill(self, number: str, amount: str, name: str = "clerk") -> str:
        """An invoice as a system of record has it: the same number again is a new revision."""
        data = json.dumps({"Invoices": [_in_xero(number, float(amount))]}).encode()
        answer = self.call(name, "POST", "/v1/documents", data=data)
        assert answer.status_code in (200, 201), answer.text
        found: str = answer.get_json()["documents"][0]["id"]
        return found

    def taken_in(self, data: bytes, name: str = "clerk") -> str:
        answer = self.call(name, "POST", "/v1/documents?connector=canonical", data=data)
        assert answer.status_code in (200, 201), answer.text
        found: str = answer.get_json()["documents"][0]["id"]
        return found

    def follow(self) -> None:
        """What the worker does after events."""
        controller = Controller(self.served.house, [HANDLER])
        while controller.round():
            pass

    def approve(self, name: str, record: str, step: str, **more: Any) -> TestResponse:
        body = {"step": step, "verdict": "approve"} | more
        return self.call(name, "POST", f"/v1/documents/{record}/approvals", json=body)

    def step(self, name: str, record: str, to: str = "approved", **more: Any) -> TestResponse:
        """The way round the approvals."""
        path = f"/v1/documents/{record}/transitions"
        return self.call(name, "POST", path, json={"to": to, "reason": "fine", **more})

    def decisions(self, record: str) -> list[Any]:
        found: list[Any] = self.get("aud", f"/v1/decisions?record_id={record}")["data"]
        return found

    def document(self, record: str) -> Any:
        return self.get("aud", f"/v1/documents/{record}")

    def state(self, record: str) -> str:
        found: str = self.document(record)["state"]
        return found

    def events(self, record: str) -> list[str]:
        trace = self.get("aud", f"/v1/documents/{record}/trace")
        return [event["type"].split(".")[2] for event in trace["events"]]

    def waiting(self, name: str) -> list[tuple[str, str]]:
        rows = self.get(name, "/v1/approvals")["data"]
        return [(row["document"], row["step"]) for row in rows]
