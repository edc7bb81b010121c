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
    "comparison": "Comparison",
    "party": "Party",
    "change": "Bank Details Change",
    "exception": "Exception",
    "approval": "Approval",
    "policy": "Policy",
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
    Offer("get_match", "control", "getMatch", "Get Match", "Get the match of an invoice",
          "Fetch what the match said last, line by line, and what it rests on"),
    Offer("match_given", "control", "matchGiven", "Match Given", "Match documents sent along",
          "Match an invoice with documents sent along; nothing is stored and nothing held"),
    Offer("list_duplicates", "control", "getDuplicates", "Get Many Duplicates",
          "Get many duplicates", "List what may be there twice, and what speaks for it",
          rows="data"),
    Offer("report_accruals", "control", "reportAccruals", "Report Accruals", "Report accruals",
          "Tell what was received and not invoiced, with the entries for it"),
    Offer("spread_costs", "control", "spreadCosts", "Spread Landed Costs", "Spread landed costs",
          "Spread freight, duty and insurance over goods, to the last coin"),
    Offer("list_reconciliations", "reconciliation", "getAll", "Get Many",
          "Get many reconciliations", "List what was proposed, why, and who decided on it",
          rows="data"),
    Offer("get_reconciliation", "reconciliation", "get", "Get", "Get a reconciliation",
          "Fetch bank lines, documents, reasons, and everything that was decided"),
    Offer("propose_reconciliation", "reconciliation", "propose", "Propose",
          "Propose a reconciliation", "Say which bank lines settle which documents"),
    Offer("accept_reconciliation", "reconciliation", "accept", "Accept",
          "Accept a reconciliation", "Settle the documents by the bank lines"),
    Offer("reject_reconciliation", "reconciliation", "reject", "Reject",
          "Reject a reconciliation", "Say that these do not belong together"),
    Offer("undo_reconciliation", "reconciliation", "undo", "Undo", "Undo a reconciliation",
          "Open the documents and the bank lines again"),
    Offer("reconcile_given", "reconciliation", "reconcileGiven", "Reconcile Given",
          "Reconcile documents sent along", "Reconcile documents sent along; nothing is stored"),
    Offer("get_ageing", "reconciliation", "getAgeing", "Get Ageing", "Get the ageing",
          "Tell how old is what is open: documents and bank lines"),
    Offer("get_continuity", "reconciliation", "getContinuity", "Get Continuity",
          "Get the continuity of statements",
          "Tell gaps, repetitions and statements that do not add up", rows="data"),
    Offer("list_payouts", "reconciliation", "getPayouts", "Get Payouts", "Get payouts",
          "Take payouts of Stripe, PayPal and Square apart", rows="data"),
    Offer("compare_systems", "comparison", "compare", "Compare", "Compare two systems",
          "Hold what one connection delivered against what another did"),
    Offer("list_comparisons", "comparison", "getAll", "Get Many", "Get many comparisons",
          "List how many documents were compared, and how many differed", rows="data"),
    Offer("get_comparison", "comparison", "get", "Get", "Get a comparison",
          "Fetch states, amounts, dates and master data that differ"),
    Offer("screen_party", "party", "screen", "Screen", "Screen a party",
          "Check its numbers, whom it may be, and watch lists"),
    Offer("list_party_changes", "change", "getAll", "Get Many", "Get many changes",
          "List changes of bank details: proposed, approved, applied", rows="data"),
    Offer("get_party_change", "change", "get", "Get", "Get a change",
          "Fetch a change of bank details, with what makes it suspicious"),
    Offer("propose_party_change", "change", "propose", "Propose", "Propose a change",
          "Propose bank details; nothing is paid to them until somebody else agrees"),
    Offer("approve_party_change", "change", "approve", "Approve", "Approve a change",
          "Confirm bank details that somebody else brought"),
    Offer("reject_party_change", "change", "reject", "Reject", "Reject a change",
          "Keep the bank details that were known before"),
    Offer("withdraw_party_change", "change", "withdraw", "Withdraw", "Withdraw a change",
          "Take a proposal of your own back"),
    Offer("list_exceptions", "exception", "getAll", "Get Many", "Get many exceptions",
          "List what is held, and why", rows="data"),
    Offer("get_exception", "exception", "get", "Get", "Get an exception",
          "Fetch what it rests on, with the lines and documents concerned"),
    Offer("assign_exception", "exception", "assign", "Assign", "Assign an exception",
          "Say who deals with it, and by when"),
    Offer("comment_exception", "exception", "comment", "Comment", "Comment on an exception",
          "Add a remark for whoever looks at it next"),
    Offer("request_information", "exception", "ask", "Ask", "Ask about an exception",
          "Ask for what is missing; the exception stays open"),
    Offer("release_exception", "exception", "release", "Release", "Release an exception",
          "Say that nothing is wrong"),
    Offer("override_exception", "exception", "override", "Override", "Override an exception",
          "Go on although something is wrong, with evidence"),
    Offer("reject_exception", "exception", "reject", "Reject", "Reject an exception",
          "Reject its document, and close everything that it was held for"),
    Offer("report_exceptions", "exception", "report", "Report", "Report on exceptions",
          "Tell how exceptions were closed: who overrode what, how often"),
    Offer("list_approvals", "approval", "getAll", "Get Many", "Get many approvals",
          "List what waits for you", rows="data"),
    Offer("show_approvals", "approval", "getOfDocument", "Get for Document",
          "Get the approvals of a document", "List who has approved, and whose turn it is",
          rows="data"),
    Offer("approve_document", "approval", "decide", "Approve or Reject",
          "Approve or reject a document", "Take the step of a policy that is yours"),
    Offer("list_policies", "policy", "getAll", "Get Many", "Get many policies",
          "List policies with the version that is in force", rows="data"),
    Offer("ask_policy", "policy", "ask", "Ask", "Ask a policy",
          "Ask what a policy would say; nothing is kept, held or told"),
    Offer("list_decisions", "policy", "getDecisions", "Get Many Decisions",
          "Get many decisions", "List what was decided as it was then: inputs, version, rules",
          rows="data"),
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
