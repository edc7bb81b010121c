"""Files at the invoices of a real Tryton, each once, also where the answer is lost."""

from __future__ import annotations

import pytest

from .conftest import Open
from .erp import Erp

pytestmark = pytest.mark.slow


def at(erp: Erp, invoice: str) -> list[str]:
    """The names of the files at an invoice."""
    wanted = [["resource", "=", f"account.invoice,{invoice}"]]
    return [row["name"] for row in erp.find("ir.attachment", wanted, "name")]


@pytest.mark.parametrize("lost", [0, 1], ids=["answered", "answer lost"])
def test_the_evidence_hangs_at_the_invoice_once(office: Open, erp: Erp, lost: int) -> None:
    there = office(f"files-{lost}")
    record = there.taken(f"HK-90{lost}", 90 + lost)
    there.learn()
    left = [lost]

    def loses(method: str, path: str) -> bool:
        is_file = method == "POST" and path.partition("?")[0].endswith("/ir.attachment")
        if is_file and left[0]:
            left[0] -= 1
            return True
        return False

    there.road.loses = loses  # type: ignore[method-assign]
    made = there.post(record, attach="evidence")
    assert made["state"] == "confirmed", made
    assert there.settled(60), there.rows()
    (row,) = [row for row in there.rows() if row["action"] == "attach"]
    assert (row["state"], row["why"]) == ("confirmed", None)
    (name,) = at(erp, made["target"]["id"])
    assert name.startswith(f"approval-HK-90{lost}-")
