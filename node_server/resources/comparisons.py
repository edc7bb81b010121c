"""`/v1/comparisons`: two systems that should agree."""

from __future__ import annotations

from node_server.operations.comparing import comparing
from node_server.operations.comparing.comparing import Wish
from node_server.operations.describing import schema_names
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import PAGED, Answer, Body, endpoint, in_path, page_schema
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_KINDS = [name for name in schema_names() if name not in ("context", "document", "event", "record")]
_HEAD = shape(
    ("id", "left", "right", "compared", "differing"),
    id=text(),
    left=text("The first connection, or system"),
    right=text("The second"),
    compared=whole("Documents that both have"),
    differing=whole("Of these, the ones that differ"),
    made_by=text(),
    made_at=text(),
)
_WHOLE = shape(
    ("id", "left", "right", "compared", "differing"),
    **_HEAD["properties"],
    disagreements=many(
        shape(
            ("left", "right", "kind", "differences"),
            left=text("What the first system calls it"),
            right=text("What the second calls it"),
            left_document=text("The stored document"), right_document=text(),
            kind=text(), number=text(),
            differences=many(shape(
                ("aspect", "path"), aspect=text("state, amount, master_data or dates"),
                path=text(), left=text(), right=text())),
            since=text(), age_days=whole(),
        ),
        "Oldest first",
    ),
    only_left=many(text(), "What only the first has"),
    only_right=many(text(), "What only the second has"),
    unreadable=ANYTHING,
    read=many(ANYTHING, "Lists that were read first"),
)  # fmt: skip
_WISH = closed(
    ("left", "right"),
    left=text("A connection, or the name of a system", minLength=1, maxLength=200),
    right=text("Another one", minLength=1, maxLength=200),
    kinds=many({"type": "string", "enum": _KINDS}, "Only these kinds"),
    live=flag("Read all lists of both first, on from where the last time ended"),
)


@endpoint(
    "POST",
    "/v1/comparisons",
    summary="Compare two systems",
    tag="Comparisons",
    permission="ingest",
    body=Body("Which two", schema=_WISH,
              example={"left": "xero-main", "right": "shopify-eu", "kinds": ["invoice"]}),
    answers={201: Answer("Documents that differ, and since when", _WHOLE)},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422, 502, 503),
)  # fmt: skip
def compare_systems(call: Call) -> Reply:
    """Hold what one connection delivered last of each of its documents against what the other did.
    They are one by their natural keys; what only one of them states is no difference."""
    body = call.body
    wish = Wish(
        body["left"], body["right"], frozenset(body.get("kinds", ())), body.get("live", False)
    )
    made = comparing.compare(call.house, call.who, wish)
    return reply(made, 201, Location=f"/v1/comparisons/{made['id']}")


@endpoint(
    "GET",
    "/v1/comparisons",
    summary="List comparisons",
    tag="Comparisons",
    parameters=PAGED,
    answers={200: Answer("One page, oldest first", page_schema(_HEAD))},
)
def list_comparisons(call: Call) -> Reply:
    """How many documents were compared, and how many differed."""
    given = call.given
    page = comparing.page(call.house, call.tenant, cursor=given.get("cursor"), limit=given["limit"])
    return listed(call, page)


@endpoint(
    "GET",
    "/v1/comparisons/{id}",
    summary="Show a comparison",
    tag="Comparisons",
    parameters=(in_path("id", "Id of the comparison", "cmp_0123456789abcdef0123"),),
    answers={200: Answer("Each document that differs, with its fields", _WHOLE)},
    refusals=(404,),
)
def get_comparison(call: Call) -> Reply:
    """State, amounts, dates and master data that differ, with their age."""
    return reply(comparing.get(call.house, call.tenant, call.given["id"]))
