"""`/v1/connections/{id}/crosswalks`: what we call a thing, and what the target calls it."""

from __future__ import annotations

from node_server.operations.crosswalking import masters, suggesting, walks
from node_server.operations.crosswalking.naming import KINDS
from node_server.operations.posting import checking
from node_server.resources.call import Call, Reply, listed, nothing, reply
from node_server.resources.endpoint import (
    ENVELOPE,
    PAGED,
    Answer,
    Body,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.shapes import closed, flag, many, shape, text, whole

_ID = in_path("id", "Id of the connection", "xero-main")
_KIND = in_path("kind", f"One of {', '.join(KINDS)}", "supplier")
_VALUE = query("value", "Name of the row, as the list shows it", example="vat:DE123456788")
_ROW = shape(
    ("value", "target", "state"),
    value=text("What documents call it"),
    target=text("What the target calls it"),
    label=text("How people call it there"),
    state=text("confirmed or proposed"),
    score=text("Likeness of a proposal, of a hundred"),
    actor=text(),
    at=text(),
)
_GIVEN = closed(
    ("value", "target"),
    value=text(minLength=1, maxLength=500),
    target=text(minLength=1, maxLength=500),
    label=text(maxLength=500),
)
_COUNTS = shape((), **{kind: whole() for kind in KINDS})


@endpoint(
    "GET",
    "/v1/connections/{id}/crosswalks",
    summary="List the crosswalks of a connection",
    tag="Crosswalks",
    parameters=(_ID, ENVELOPE),
    answers={200: Answer("Each kind with its rows", page_schema(
        shape(("kind", "rows", "masters"), kind=text(), rows=whole(), masters=whole())))},
    refusals=(404,),
)  # fmt: skip
def list_crosswalks(call: Call) -> Reply:
    """A table that has rows is binding: what it does not know is held before anything is sent."""
    rows = walks.overview(call.house, call.tenant, call.given["id"])
    return listed(call, {"data": rows, "has_more": False})


@endpoint(
    "GET",
    "/v1/connections/{id}/crosswalks/{kind}",
    summary="Show a crosswalk",
    tag="Crosswalks",
    parameters=(_ID, _KIND, *PAGED,
                query("state", "Only in this state", enum=["confirmed", "proposed"])),
    answers={200: Answer("Its rows by name", page_schema(_ROW))},
    refusals=(404,),
)  # fmt: skip
def get_crosswalk(call: Call) -> Reply:
    """Rows of one table."""
    given = call.given
    page = walks.page(
        call.house, call.tenant, given["id"], given["kind"],
        after=given.get("cursor", ""), limit=given["limit"], state=given.get("state"),
    )  # fmt: skip
    return listed(call, page)


@endpoint(
    "PUT",
    "/v1/connections/{id}/crosswalks/{kind}",
    summary="Put rows into a crosswalk",
    tag="Crosswalks",
    permission="manage",
    parameters=(_ID, _KIND),
    body=Body("The rows", schema=closed(("rows",), rows=many(_GIVEN)),
              example={"rows": [{"value": "vat:DE123456788", "target": "56"}]}),
    answers={200: Answer("How many were kept", shape(("kept",), kept=whole()))},
    refusals=(400, 404, 413, 415, 422),
)  # fmt: skip
def put_crosswalk(call: Call) -> Reply:
    """Each row takes the place of one of its name; the others stay."""
    given, rows = call.given, call.body["rows"]
    kept = walks.put(call.house, call.tenant, call.who.id, given["id"], given["kind"], rows)
    return reply({"kept": kept})


@endpoint(
    "DELETE",
    "/v1/connections/{id}/crosswalks/{kind}",
    summary="Take a row out of a crosswalk",
    tag="Crosswalks",
    permission="manage",
    parameters=(_ID, _KIND, _VALUE),
    answers={204: Answer("It is gone")},
    refusals=(404,),
)
def remove_from_crosswalk(call: Call) -> Reply:
    """One row, confirmed or proposed."""
    given = call.given
    place = given["id"], given["kind"], given.get("value", "")
    walks.remove(call.house, call.tenant, call.who.id, *place)
    return nothing()


@endpoint(
    "POST",
    "/v1/connections/{id}/crosswalks/{kind}/confirm",
    summary="Confirm a proposal",
    tag="Crosswalks",
    permission="manage",
    parameters=(_ID, _KIND),
    body=Body("Which row", schema=closed(("value",), value=text(minLength=1, maxLength=500)),
              example={"value": "name:muster gmbh"}),
    answers={200: Answer("The row", _ROW)},
    refusals=(400, 404, 413, 415, 422),
)  # fmt: skip
def confirm_crosswalk(call: Call) -> Reply:
    """From now on it is used."""
    place = call.given["id"], call.given["kind"], call.body["value"]
    return reply(walks.confirm(call.house, call.tenant, call.who.id, *place))


@endpoint(
    "POST",
    "/v1/connections/{id}/masters",
    summary="Read the target's own lists",
    tag="Crosswalks",
    permission="post",
    parameters=(_ID,),
    answers={200: Answer("How many of each kind there are", _COUNTS)},
    refusals=(404, 422, 502, 503),
)
def read_masters(call: Call) -> Reply:
    """Suppliers, accounts, tax codes and the like, for proposals and for checking."""
    return reply(masters.read(call.house, call.tenant, call.given["id"]))


@endpoint(
    "POST",
    "/v1/connections/{id}/suggestions",
    summary="Propose rows for the crosswalks",
    tag="Crosswalks",
    permission="post",
    parameters=(_ID,),
    answers={200: Answer("How many were proposed of each kind", _COUNTS)},
    refusals=(404,),
)
def suggest_crosswalks(call: Call) -> Reply:
    """Whatever documents name and no table knows, beside what is most like it there. Nothing of it
    is used before somebody confirms it."""
    return reply(suggesting.suggest(call.house, call.tenant, call.who.id, call.given["id"]))


_CHECKED = shape(
    ("document", "ok", "checks"),
    document=text(),
    ok=flag("Whether nothing speaks against it"),
    checks=many(
        shape(
            ("check", "ok", "message", "as_of"),
            check=text("period, order, or a kind of crosswalk"),
            ok={"type": ["boolean", "null"], "description": "null where nothing is known"},
            message=text(),
            as_of=text("How old the answer is"),
        )
    ),
)


@endpoint(
    "POST",
    "/v1/connections/{id}/check",
    summary="Ask what a target would say to a document",
    tag="Posting",
    parameters=(_ID,),
    permission="post",
    body=Body("Which document", schema=closed(
        ("document",), document=text("Id of the record", minLength=1, maxLength=200),
        live=flag("Read the target's own lists anew first")),
        example={"document": "inv_xcz5mmqd6wcxnvcnkip3edr7qa", "live": True}),
    answers={200: Answer("Each answer with its age", _CHECKED)},
    refusals=(400, 404, 413, 415, 422, 502, 503),
)  # fmt: skip
def check_document(call: Call) -> Reply:
    """Whether the supplier, accounts and tax codes are known there, the order is open and the
    period too. Nothing is sent but, with `live`, the questions for those lists."""
    body = call.body
    return reply(
        checking.check(
            call.house, call.tenant, call.given["id"], body["document"],
            live=body.get("live", False),
        )
    )  # fmt: skip
