"""Tools that change nothing: map, explain, check, find, show what is proposed."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal
from urllib.parse import quote

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from node_server.mcp.calling import Counterfoil
from node_server.mcp.shortening import short

Limit = Annotated[int, Field(ge=1, le=50, description="Most rows in this answer")]
Cursor = Annotated[str | None, Field(description="`next_cursor` of the page before, to go on")]
DocumentId = Annotated[str, Field(description="Id of a stored document, as find_documents gives")]
Answer = dict[str, Any]


class ReadingTools:
    """What may be asked without any effect. The docstrings are what a model chooses by."""

    def __init__(self, server: Counterfoil) -> None:
        self._server = server

    def map_payload(
        self,
        payload: Annotated[str, Field(description="The whole payload, as text or base64")],
        encoding: Literal["text", "base64"] = "text",
        connector: Annotated[str | None, Field(description="As `ap/ubl`; found if absent")] = None,
        resource: Annotated[str | None, Field(description="Resource of the connector")] = None,
        own_ids: Annotated[list[str] | None, Field(description="Our VAT or register ids")] = None,
    ) -> Answer:
        """Read an invoice, order, bank statement or other finance payload of any format (XML, JSON,
        EDI, CSV, PDF with XML inside) into the canonical model. Nothing is stored."""
        query = {"connector": connector, "resource": resource, "own_id": own_ids}
        data = payload.encode() if encoding == "text" else _decoded(payload)
        return self._asked("map_payload", "POST", "/v1/map", query=query, body=data)

    def explain_map(
        self,
        connector: Annotated[str, Field(description="As `ap/ubl`")],
        resource: Annotated[str, Field(description="As `invoice`")],
        direction: Literal["read", "write"] = "read",
        field: Annotated[str | None, Field(description="Only fields with this in it")] = None,
    ) -> Answer:
        """Say, field by field, from which places of a system's payload a canonical field comes.
        For questions on how a format is mapped; not for one document's values (show_trace)."""
        body = {"connector": connector, "resource": resource, "direction": direction}
        told = self._server.ask("explain_map", "POST", "/v1/explain", body=body)
        rows = [row for row in told["data"] if (field or "") in row["path"]]
        return {"data": short(rows)}

    def validate_document(
        self,
        document: Annotated[Answer, Field(description="A canonical document with its `kind`")],
    ) -> Answer:
        """Check a canonical document that you have: its schema, its sums, its identifiers.
        Nothing is stored. What comes from map_payload is checked already."""
        return self._asked("validate_document", "POST", "/v1/validate", body=document)

    def find_documents(
        self,
        kind: Annotated[str | None, Field(description="As `invoice`, `purchase_order`")] = None,
        state: Annotated[str | None, Field(description="As `validated`, `approved`")] = None,
        number: Annotated[str | None, Field(description="Its own number, whole")] = None,
        counterparty: Annotated[str | None, Field(description="Name of the other side")] = None,
        date_from: Annotated[str | None, Field(description="YYYY-MM-DD")] = None,
        date_to: Annotated[str | None, Field(description="YYYY-MM-DD")] = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Answer:
        """Find stored documents, oldest first, by kind, state, number, counterparty or date. The
        first step whenever a person names a document: the other tools take its id."""
        query = {
            "kind": kind, "state": state, "number": number, "counterparty": counterparty,
            "date_from": date_from, "date_to": date_to, "limit": limit, "cursor": cursor,
        }  # fmt: skip
        return self._asked("find_documents", "GET", "/v1/documents", query=query)

    def show_document(self, document: DocumentId) -> Answer:
        """Show one stored document with its state, issues and what holds it."""
        return self._asked("show_document", "GET", _document(document))

    def show_trace(self, document: DocumentId) -> Answer:
        """Show where a stored document came from and which place of the payload gave each field.
        For "where does this amount come from?"."""
        return self._asked("show_trace", "GET", _document(document, "/trace"))

    def find_duplicates(
        self,
        holds: Annotated[bool | None, Field(description="Only what holds payment, or not")] = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Answer:
        """List stored documents that may have come twice, with what speaks for and against.
        Decides nothing: a person releases or archives."""
        query = {"holds": holds, "limit": limit, "cursor": cursor}
        return self._asked("find_duplicates", "GET", "/v1/duplicates", query=query)

    def match_proposals(self, document: DocumentId) -> Answer:
        """Show how an invoice agrees with its orders and receipts, line by line: quantities and
        prices that differ, and the lines that a person might pair."""
        return self._asked("match_proposals", "GET", _document(document, "/match"))

    def reconciliation_proposals(
        self,
        state: Literal["proposed", "accepted", "rejected", "undone", "superseded"] = "proposed",
        document: Annotated[str | None, Field(description="Only about this document")] = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Answer:
        """List which bank lines settle which documents, with reasons and strength. For "is this
        paid?" and "what is this transfer for?". Accepting is a person's."""
        query = {"state": state, "document": document, "limit": limit, "cursor": cursor}
        path = "/v1/reconciliations"
        return self._asked("reconciliation_proposals", "GET", path, query=query)

    def list_exceptions(
        self,
        state: Literal["open", "resolved", "released", "overridden", "rejected"] = "open",
        code: Annotated[str | None, Field(description="As `price_variance`")] = None,
        document: Annotated[str | None, Field(description="Only of this document")] = None,
        overdue: Annotated[bool | None, Field(description="Only what is past its time")] = None,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Answer:
        """List what keeps documents from going on and waits for a person: variances, suspected
        duplicates, changed bank details. For "why is this invoice not paid?"."""
        query = {
            "state": state, "code": code, "record_id": document, "overdue": overdue,
            "limit": limit, "cursor": cursor,
        }  # fmt: skip
        return self._asked("list_exceptions", "GET", "/v1/exceptions", query=query)

    def list_approvals(self, limit: Limit = 20, cursor: Cursor = None) -> Answer:
        """List the approvals that wait for whoever's key this is: document, step and policy."""
        query = {"limit": limit, "cursor": cursor}
        return self._asked("list_approvals", "GET", "/v1/approvals", query=query)

    def list_connections(self) -> Answer:
        """List the systems that documents can be posted to, with the ids that post_document takes.
        No secret is shown."""
        return self._asked("list_connections", "GET", "/v1/connections", query={"limit": 50})

    def _asked(self, tool: str, method: str, path: str, **sent: Any) -> Answer:
        told: Answer = short(self._server.ask(tool, method, path, **sent))
        return told


def _document(record: str, more: str = "") -> str:
    return f"/v1/documents/{quote(record, safe='')}{more}"


def _decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise ToolError("the payload is not base64; send it with encoding=text") from error
