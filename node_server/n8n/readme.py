"""The package's README: what each node does, drawn from the same tables as the nodes."""

from __future__ import annotations

from collections.abc import Iterable

from node_server.n8n.catalogue import Node
from node_server.n8n.offers import RESOURCES
from node_server.n8n.systems import System
from node_server.n8n.wording import titled

_HEAD = """# n8n-nodes-brand--

n8n community nodes for BRAND__: payloads of ERP, AP-automation, procurement, bank and warehouse
systems as canonical finance documents, checked, and posted to the systems of record exactly once.

[n8n](https://n8n.io/) is a workflow automation platform under a fair-code licence.

## Installation

*Settings* → *Community Nodes* → *Install*, and enter `n8n-nodes-brand--`. n8n must reach a BRAND__
server: `counterfoil serve` starts one and shows its first key.

## Credentials

**BRAND__ API**: the address of the server and one of its keys
(`counterfoil keys new n8n --role poster --role subscriber`). On the same machine write `127.0.0.1`,
not `localhost`; where n8n's SSRF protection is on, allow the server's address there.
**BRAND__ OAuth2 API**: client credentials of the OpenID Connect provider that the server trusts.

## Nodes

* **BRAND__**: everything below, for any system.
* **BRAND__ Trigger**: starts a workflow when something happens to a document. Its signature is
  checked over the raw body; the subscription begins and ends with the workflow.
* **BRAND__ Polling Trigger**: the same where the server cannot reach n8n.
"""
_USAGE = """
## Usage

* **Many items, one call.** All items of a node go to the server together, `Batch Size` at a time;
  each has its own result, and *On Error* works for each by itself.
* **Again does no harm.** Every call carries a key that is the same for every try of one execution:
  *Retry On Fail* changes nothing that was done before.
* **Amounts are texts** (`"119.00"`): JavaScript's numbers would round them.
* **Files**: *Input* is the item's file if it has one, else its JSON; Render puts a file into
  the item.

## Compatibility

Tested with n8n 2.41. No dependencies.

## Resources

* [Documentation](HOMEPAGE__)
* [n8n community nodes](https://docs.n8n.io/integrations/#community-nodes)

## Licence

MIT
"""


def readme(offered: Iterable[Node], found: Iterable[System]) -> str:
    """The whole page."""
    lines = [f"* **{each.title} (BRAND__)**: {each.says}." for each in found]
    return _HEAD + "\n".join(lines) + "\n\n" + _operations(list(offered)) + _USAGE


def _operations(offered: list[Node]) -> str:
    rows = ["## Operations", "", "| Resource | Operation | What it does |", "| --- | --- | --- |"]
    for node in sorted(offered, key=lambda each: RESOURCES[each.offer.resource]):
        offer = node.offer
        name = offer.title or titled(offer.action)
        rows.append(f"| {RESOURCES[offer.resource]} | {name} | {offer.says} |")
    return "\n".join(rows) + "\n"
