"""Documents and bank lines for the tests of reconciling, each test's on an account of its own."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from canonical_model import wire
from canonical_model.envelope import Context, Source
from canonical_model.ingestion import decide
from canonical_model.record import make_record
from node_server.operations import bulk
from node_server.operations.control_handlers import HANDLERS
from node_server.operations.controls_following import Controller
from node_server.operations.document_facts import facts_of
from node_server.operations.keeping import Keeper
from node_server.store import records

from ..conftest import Served
from .conftest import keeping

_numbers = itertools.count(1)


def reference(number: int) -> str:
    """A creditor reference (ISO 11649) with its check digits."""
    body = f"R{number:08}"
    digits = "".join(str(int(each, 36)) for each in f"{body}RF00")
    return f"RF{98 - int(digits) % 97:02}{body}"


@dataclass
class Bank:
    """One account with what is owed to its owner."""

    served: Served
    place: int = field(default_factory=lambda: next(_numbers))

    @property
    def account(self) -> str:
        return f"ACC{self.place:06}"

    def take_in(self, document: dict[str, Any], role: str = "mapper") -> str:
        answer = self.served.post(
            "/v1/documents?connector=canonical", role, data=json.dumps(document)
        )
        assert answer.status_code in (200, 201), answer.text
        return str(answer.get_json()["documents"][0]["id"])

    def invoice(self, payable: str, **more: Any) -> tuple[str, str]:
        """Its id, and the reference that payers are asked for."""
        number = next(_numbers)
        named = reference(number)
        document = {
            "kind": "invoice", "number": f"RE-{self.place}-{number}", "direction": "receivable",
            "issue_date": "2026-02-10", "due_date": "2026-03-12", "currency": "EUR",
            "seller": {"name": "Us", "ids": [{"kind": "vat", "value": "DE123456788"}]},
            "buyer": {"name": f"Buyer {number} {self.place}"},
            "payment": [{"reference": named}],
            "totals": dict.fromkeys(("lines", "net", "gross", "payable"), payable),
            "lines": [{"id": "1", "net": payable}],
        }  # fmt: skip
        return self.take_in(document | more), named

    def entry(self, amount: str, text: str, **more: Any) -> dict[str, Any]:
        number = next(_numbers)
        return {
            "amount": amount.lstrip("-"), "currency": "EUR", "status": "booked",
            "direction": "debit" if amount.startswith("-") else "credit",
            "booking_date": "2026-03-01", "value_date": "2026-03-01",
            "servicer_ref": f"SVC{number}", "details": [{"remittance": [text]}],
        } | more  # fmt: skip

    def line(self, amount: str, text: str, **more: Any) -> str:
        """A bank transaction by itself."""
        account = {"scheme": "other", "value": self.account}
        entry = {"kind": "bank_transaction", "account": account, "occurrence": 1}
        return self.take_in(entry | self.entry(amount, text, **more))

    def statement(self, *entries: dict[str, Any], **more: Any) -> str:
        document = {
            "kind": "bank_statement", "id": f"STM{next(_numbers)}",
            "account": {"id": {"scheme": "other", "value": self.account}, "currency": "EUR"},
            "transactions": list(entries),
        }  # fmt: skip
        return self.take_in(document | more)

    def run(self, **more: Any) -> dict[str, Any]:
        answer = self.served.post("/v1/reconciliations", json={"account": self.account} | more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def proposals(self, document: str, **more: str) -> list[dict[str, Any]]:
        query = "&".join(
            f"{name}={value}" for name, value in {"document": document, **more}.items()
        )
        found: list[dict[str, Any]] = self.served.get(f"/v1/reconciliations?{query}").get_json()[
            "data"
        ]
        return found

    def decide(self, proposal: str, what: str, status: int = 200, **body: Any) -> dict[str, Any]:
        answer = self.served.post(f"/v1/reconciliations/{proposal}/{what}", json=body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def shown(self, record_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.served.get(f"/v1/documents/{record_id}").get_json()
        return found

    def number(self, record_id: str) -> str:
        return str(self.shown(record_id)["document"]["number"])

    def settled(self, record_id: str) -> dict[str, Any]:
        path = f"/v1/documents/{record_id}/allocations"
        found: dict[str, Any] = self.served.get(path).get_json()
        return found

    def posted(self, record_id: str) -> None:
        """Bring a document into the state in which it waits for money."""
        for to, role in (("approved", "approver"), ("posted", "poster")):
            path = f"/v1/documents/{record_id}/transitions"
            answer = self.served.post(path, role, json={"to": to})
            assert answer.status_code == 200, answer.text

    def revised(self, record_id: str, **changes: Any) -> None:
        """A new revision of a document that is open still."""
        with keeping(self.served, record_id, "mapper") as (keeper, stored):
            document = structs.replace(stored.record.document, **changes)
            new = structs.replace(
                stored.record,
                document=document,
                content_hash=wire.content_hash(document),
                revision=stored.record.revision + 1,
            )
            keeper.tell(new, "revised")
            records.replace(
                keeper.connection, new, facts_of(new), hold=stored.payment_hold, at=keeper.stamp
            )

    def stored(self, document: dict[str, Any], **source: str) -> str:
        """A document as a connector would have delivered it."""
        context = Context(tenant="acme")
        made = make_record(wire.decode(json.dumps(document)), Source(**source), context)
        with self.served.house.store.writing() as connection:
            keeper = Keeper(connection, "acme", "mapper")
            kept, _ = keeper.keep(decide([], made), made)
            keeper.finish()
        return str(kept.id)

    def follow(self) -> None:
        """All that follows by itself from what came in."""
        controller = Controller(self.served.house, HANDLERS)
        while controller.round() or bulk.work_on_next(self.served.house):
            pass
