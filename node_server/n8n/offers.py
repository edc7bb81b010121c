"""Which operations of the API n8n's users find, and under which words.

What each takes is not said here: its form is drawn from the API's own description. Operations of
the controls are offered as soon as the API has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from node_server.n8n.wording import plain

Carries = Literal["nothing", "payload", "document"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One operation as a choice in n8n's editor."""

    endpoint: str
    resource: str
    operation: str
    title: str = ""
    action: str = ""
    says: str = ""
    name: str = ""
    """Its name under `/v1/nodes`; that of the endpoint unless stated."""
    rows: str | None = None
    """Where the rows are in the answer that become items; None for the answer itself."""
    carries: Carries = "nothing"
    """What of the item goes along: a payload of any format, or a canonical document."""

    @property
    def known_as(self) -> str:
        """The name in `/v1/nodes/{node}/execute`."""
        return self.name or self.endpoint


RESOURCES: Final[Mapping[str, str]] = {
    "payload": "Payload",
    "document": "Document",
    "connection": "Connection",
    "control": "Control",
    "reconciliation": "Reconciliation",
    "party": "Party",
    "exception": "Exception",
    "approval": "Approval",
    "counterfoil": "Counterfoil",
    "event": "Event",
}

OFFERS: Final[tuple[Offer, ...]] = (
    Offer("map_payloads", "payload", "map", "Map", "Map a payload",
          "Read any finance payload as canonical documents; nothing is stored",
          name="map", rows="records", carries="payload"),
    Offer("explain", "payload", "explain", "Explain", "Explain a map",
          "Say where each canonical field comes from", rows="data"),
    Offer("render", "payload", "render", "Render", "Render a payload",
          "Write a canonical document as another system's payload",
          name="render", carries="document"),
    Offer("validate_document", "document", "validate", "Validate", "Validate a document",
          "Check a canonical document: is it one, and does it add up",
          name="validate", carries="document"),
    Offer("take_in", "document", "ingest", "Ingest", "Ingest a document",
          "Read a payload and store what is new in it; the same document twice is one",
          name="ingest", rows="documents", carries="payload"),
    Offer("get_document", "document", "get", "Get", "Get a document",
          "Fetch a document with its state, keys and issues", name="get"),
    Offer("list_documents", "document", "getAll", "Get Many", "Get many documents",
          "List documents, oldest first", rows="data"),
    Offer("move_document", "document", "changeState", "Change State",
          "Change the state of a document",
          "Approve, reject, hold, archive or otherwise move a document on", name="move"),
    Offer("trace_document", "document", "trace", "Trace", "Trace a document",
          "Everything that happened to a document, from the bytes that came to what was sent"),
    Offer("test_connection", "connection", "check", "Check", "Check a connection",
          "Try settings, credential, token and a call that reads"),
    Offer("list_connections", "connection", "getAll", "Get Many", "Get many connections",
          "List connections with their state", rows="data"),
    Offer("post_document", "connection", "post", "Post", "Post a document",
          "Write a document into another system, exactly once", name="post"),
    Offer("pull_list", "connection", "pull", "Pull", "Pull what has changed",
          "Read what has changed in another system, each row once", rows="documents"),
    Offer("match_document", "control", "match", "Match", "Match an invoice",
          "Compare an invoice with its orders and receipts, and hold or release it"),
    Offer("judge_document", "control", "findDuplicates", "Find Duplicates",
          "Find duplicates of a document", "Say what a document may be a copy of, and why"),
    Offer("find_duplicates", "control", "findDuplicatesAmong", "Find Duplicates Among",
          "Find duplicates among documents", "Find what may be one among documents sent along",
          rows="data"),
    Offer("decide_document", "control", "decide", "Decide", "Decide on a document",
          "Let the policies in force decide on a document"),
    Offer("run_reconciliation", "control", "reconcile", "Reconcile", "Reconcile bank lines",
          "Match what is left over of bank lines with what they settle"),
    Offer("list_exceptions", "exception", "getAll", "Get Many", "Get many exceptions",
          "List what is held, and why", rows="data"),
    Offer("get_counterfoil", "counterfoil", "get", "Get", "Get a counterfoil",
          "Fetch what was sent, and what came back"),
    Offer("list_counterfoils", "counterfoil", "getAll", "Get Many", "Get many counterfoils",
          "List what was sent to other systems", rows="data"),
    Offer("resolve_counterfoil", "counterfoil", "resolve", "Resolve", "Resolve a counterfoil",
          "Say what a person has found in the other system"),
    Offer("retry_counterfoil", "counterfoil", "retry", "Retry", "Retry a counterfoil",
          "Go on with what was refused, given up or held; never a second one"),
    Offer("list_events", "event", "getAll", "Get Many", "Get many events",
          "Read events after a cursor, oldest first", rows="data"),
)  # fmt: skip

# Paths of the controls, and where their operations are shown.
_CONTROLS: Final = (
    (re.compile(r"/v1/exceptions(/|$)"), "exception"),
    (re.compile(r"/v1/(documents/\{id\}/)?approvals(/|$)"), "approval"),
    (re.compile(r"/v1/documents/\{id\}/(match|duplicates|decide|screen|reconcile)$"), "control"),
    (re.compile(r"/v1/(reconciliations?|reconcile|comparisons)(/|$)"), "reconciliation"),
    (re.compile(r"/v1/(parties|party-changes)(/|$)"), "party"),
    (re.compile(r"/v1/(match|duplicates|accruals|landed-cost|decide|decisions)(/|$)"), "control"),
)  # fmt: skip


def offered(description: Mapping[str, Any]) -> list[Offer]:
    """What the described API offers to n8n: the operations named above, and every control."""
    there = {each["operationId"] for each in _operations(description)}
    stated = [offer for offer in OFFERS if offer.endpoint in there]
    named = {offer.endpoint for offer in OFFERS}
    derived = [
        _derived(each, resource)
        for path, each in _by_path(description)
        if each["operationId"] not in named and (resource := _control_of(path))
        if not _is_bulky(each)
    ]
    return stated + derived


def _operations(description: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (each for _, each in _by_path(description))


def _by_path(description: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in description["paths"].items():
        for each in methods.values():
            yield path, each


def _control_of(path: str) -> str | None:
    return next((resource for pattern, resource in _CONTROLS if pattern.match(path)), None)


def _is_bulky(operation: Mapping[str, Any]) -> bool:
    """Whether its body is a payload of any type: such an operation needs words of its own."""
    return "multipart/form-data" in operation.get("requestBody", {}).get("content", {})


def _derived(operation: Mapping[str, Any], resource: str) -> Offer:
    """An offer in the API's own words."""
    words = operation["operationId"].split("_")
    name = words[0] + "".join(word.capitalize() for word in words[1:])
    rows = "data" if _answers_rows(operation) else None
    said = operation["description"].partition(". ")[0].rstrip(".")
    action = plain(operation["summary"])
    return Offer(operation["operationId"], resource, name, "", action, said, rows=rows)


def _answers_rows(operation: Mapping[str, Any]) -> bool:
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    schema = answer.get("schema", {})
    shapes = schema.get("anyOf", [schema])
    return any(each.get("properties", {}).get("data", {}).get("type") == "array" for each in shapes)
