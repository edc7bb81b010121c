"""Items through Map in a real n8n, against n8n's Code node and one HTTP request an item.

`N8N_FOR_TESTS=$(sh tests/n8n/install.sh) python benchmarks/many_items_in_n8n.py`; without n8n it
says so and ends. Times are those of a workflow with the node less those of the same one without.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).parent.parent))

SAMPLE = Path(__file__).parent.parent / "connectors/erp/xero/samples/invoice/bill.in.json"
BILL = json.loads(SAMPLE.read_text())["Invoices"][0]
COUNTS = (1, 100, 1000, 10_000)
MAKE = """
const bill = %s;
const count = Number($json.query.count);
return Array.from({ length: count }, (_, n) => ({
  json: { ...bill, InvoiceID: `id-${n}`, InvoiceNumber: `INV-${n}` },
}));
"""
# What a builder writes by hand: a dozen fields, no checks, no keys.
BY_HAND = """
return $input.all().map(({ json: b }) => ({ json: {
  kind: 'invoice', number: b.InvoiceNumber, direction: 'payable', currency: b.CurrencyCode,
  issue_date: (b.DateString || '').slice(0, 10), due_date: (b.DueDateString || '').slice(0, 10),
  seller: { name: b.Contact && b.Contact.Name },
  lines: (b.LineItems || []).map((l) => ({ id: l.LineItemID, quantity: String(l.Quantity),
    net: String(l.LineAmount), price: { net: String(l.UnitAmount) },
    item: { name: l.Description }, account: l.AccountCode })),
  totals: { net: String(b.SubTotal), tax: String(b.TotalTax), gross: String(b.Total) },
} }));
"""


def nodes(credential: dict[str, Any], key: str, url: str) -> dict[str, dict[str, Any] | None]:
    """What is measured; None for the workflow without any."""
    from tests.n8n.workflows import node, ours

    request = {
        "method": "POST",
        "url": f"{url}/v1/map?connector=erp/xero&resource=invoice",
        "sendHeaders": True,
        "headerParameters": {"parameters": [{"name": "X-Api-Key", "value": key}]},
        "sendBody": True,
        "specifyBody": "json",
    }
    each = {**request, "jsonBody": "={{ JSON.stringify($json) }}"}
    all_of_them = "={{ JSON.stringify({ Invoices: $input.all().map(i => i.json) }) }}"
    whole = {**request, "jsonBody": all_of_them}
    options = {"connector": "erp/xero", "resourceName": "invoice", "batchSize": 500}
    return {
        "(nothing)": None,
        "Counterfoil: Map": ours("payload", "map", credential, options=options),
        "one call for all": node("Ours", "n8n-nodes-base.httpRequest", 4.2, parameters=whole)
        | {"executeOnce": True},
        "Code by hand": node("Ours", "n8n-nodes-base.code", 2, parameters={"jsCode": BY_HAND}),
        "HTTP Request each": node("Ours", "n8n-nodes-base.httpRequest", 4.2, parameters=each),
    }


def workflow(measured: dict[str, Any] | None) -> dict[str, Any]:
    """A webhook that makes bills, maps them and answers with the first."""
    from tests.n8n.workflows import chain, node

    path = uuid.uuid4().hex
    begin = node("Begin", "n8n-nodes-base.webhook", 2, webhookId=path,
                 parameters={"path": path, "responseMode": "lastNode"})  # fmt: skip
    make = node("Make", "n8n-nodes-base.code", 2, parameters={"jsCode": MAKE % json.dumps(BILL)})
    end = node("End", "n8n-nodes-base.limit")
    made = chain(begin, make, *([measured] if measured else []), end)
    saving = {"saveDataSuccessExecution": "none", "saveManualExecutions": False}
    return made | {"settings": {"executionOrder": "v1", **saving}, "path": path}


def measured(host: Any, path: str, count: int) -> tuple[float, int] | None:
    """Seconds, and the most kilobytes that n8n had meanwhile; None where the workflow fails."""
    status = Path(f"/proc/{host.process.pid}")
    (status / "clear_refs").write_text("5")  # the high-water mark begins anew
    began = time.perf_counter()
    answer = requests.get(host.url(f"/webhook/{path}?count={count}"), timeout=900)
    seconds = time.perf_counter() - began
    return (seconds, host.memory()) if answer.status_code == 200 else None


def best(host: Any, path: str, count: int) -> tuple[float, int] | None:
    """The best of some rounds, fewer of the long ones."""
    rounds = 3 if count <= 100 else 2 if count == 1000 else 1
    found = [measured(host, path, count) for _ in range(rounds)]
    return None if None in found else min(each for each in found if each)


def run(host: Any, variants: dict[str, dict[str, Any] | None]) -> None:
    """Every variant with every count, told as a table."""
    print(f"{'':20}" + "".join(f"{count:>22,}" for count in COUNTS))
    nothing: dict[int, float] = {}
    for name, variant in variants.items():
        made = workflow(variant)
        path = made.pop("path")
        host.activate(host.save(made))
        measured(host, path, 1)
        cells = []
        for count in COUNTS:
            if name == "one call for all" and count > 1000:
                cells.append("")
                continue
            found = best(host, path, count)
            if found is None:
                cells.append("fails")
                continue
            if variant is None:
                nothing[count] = found[0]
            own = max(0.0, found[0] - (nothing[count] if variant else 0))
            cells.append(f"{own:8.3f} s {found[1] // 1024:5d} MB")
        print(f"{name:20}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    if "N8N_FOR_TESTS" not in os.environ:
        print("no n8n here; N8N_FOR_TESTS=$(sh tests/n8n/install.sh) names one")
        raise SystemExit(0)
    from tests.n8n.standing import standing

    with standing() as (host, server, credential):
        run(host, nodes(credential, server.keys["n8n"], server.url))
