"""Every row exactly once, for any number of rows, page size and temper of the target."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from connectors._transport import Answer, PagingStuck, Request, TransportRefused, pages

BASE = "https://api.example/v1/bills?status=open"


def reply(request: Request, tree: Any, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(tree).encode()
    return Answer(200, CaseInsensitiveDict(headers or {}), body, request.url, 0.0)


def params(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def rows_of(count: int) -> list[dict[str, Any]]:
    return [{"id": f"r{number}"} for number in range(count)]


class Target:
    """A list of rows behind each style; it gives at most `cap` rows, whatever is asked for."""

    def __init__(self, count: int, cap: int) -> None:
        self.rows = rows_of(count)
        self.cap = cap
        self.asked: list[Request] = []

    def cut(self, start: int, size: int) -> list[dict[str, Any]]:
        return self.rows[start : start + min(size, self.cap)]

    def more(self, start: int, size: int) -> bool:
        return start + min(size, self.cap) < len(self.rows)

    def page(self, request: Request) -> Answer:
        asked = params(request)
        size = min(int(asked["pageSize"]), self.cap)
        return reply(request, {"items": self.cut((int(asked["page"]) - 1) * size, size)})

    def offset(self, request: Request) -> Answer:
        asked = params(request)
        start, size = int(asked["offset"]), int(asked["limit"])
        return reply(request, {"items": self.cut(start, size), "hasMore": self.more(start, size)})

    def offset_without_end(self, request: Request) -> Answer:
        asked = params(request)
        return reply(request, self.cut(int(asked["limit_start"]), int(asked["limit_page_length"])))

    def cursor(self, request: Request) -> Answer:
        asked = params(request)
        start, size = int(asked.get("cursor", "c0")[1:]), int(asked["max"])
        token = f"c{start + self.cap_of(size)}" if self.more(start, size) else None
        return reply(request, {"items": self.cut(start, size), "meta": {"next": token}})

    def row_cursor(self, request: Request) -> Answer:
        asked = params(request)
        after = asked.get("starting_after")
        start = int(after[1:]) + 1 if after else 0
        size = int(asked["limit"])
        return reply(request, {"data": self.cut(start, size), "has_more": self.more(start, size)})

    def body_cursor(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        start = int(asked["options"].get("cursor", "c0")[1:])
        size = asked["count"]
        following = {"next_cursor": f"c{start + self.cap_of(size)}", "more": self.more(start, size)}
        return reply(request, {"items": self.cut(start, size), **following})

    def body_offset(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        return reply(request, self.cut(asked["offset"], asked["limit"]))

    def link(self, request: Request) -> Answer:
        start, size = int(params(request).get("at", "0")), int(params(request)["per_page"])
        links = f'<{BASE}&at=0&per_page={size}>; rel="first"'
        if self.more(start, size):
            target = f"/v1/bills?status=open&at={start + self.cap_of(size)}&per_page={size}"
            links += f', <{target}>; rel="next"; title="on"'
        return reply(request, self.cut(start, size), {"link": links})

    def next_url(self, request: Request) -> Answer:
        start, size = int(params(request).get("at", "0")), int(params(request)["size"])
        url = (
            f"{BASE}&size={size}&at={start + self.cap_of(size)}" if self.more(start, size) else None
        )
        return reply(request, {"results": self.cut(start, size), "pagination": {"next": url}})

    def odata(self, request: Request) -> Answer:
        start = int(params(request).get("$skiptoken", "0"))
        size = int((request.header("Prefer") or "").rpartition("=")[2])
        tree: dict[str, Any] = {"value": self.cut(start, size)}
        if self.more(start, size):
            tree["@odata.nextLink"] = f"{BASE}&%24skiptoken={start + self.cap_of(size)}"
        return reply(request, tree)

    def odata_2(self, request: Request) -> Answer:
        start, size = int(params(request).get("$skiptoken", "0")), self.cap
        tree: dict[str, Any] = {"results": self.cut(start, size)}
        if self.more(start, size):
            tree["__next"] = f"bills?$skiptoken={start + size}"
        return reply(request, {"d": tree})

    def qbo_query(self, request: Request) -> Answer:
        words = params(request)["query"].split()
        assert words[:4] == ["select", "*", "from", "Bill"]
        start, size = int(words[words.index("STARTPOSITION") + 1]), int(words[-1])
        found = self.cut(start - 1, size)
        return reply(request, {"QueryResponse": {"Bill": found} if found else {}})

    def cap_of(self, size: int) -> int:
        return min(size, self.cap)


STYLES: list[tuple[str, dict[str, Any], str]] = [
    ("page", {"style": "page", "size_parameter": "pageSize"}, "items"),
    (
        "offset",
        {"style": "offset", "parameter": "offset", "size_parameter": "limit", "more": "hasMore"},
        "items",
    ),
    (
        "offset_without_end",
        {"style": "offset", "parameter": "limit_start", "size_parameter": "limit_page_length"},
        "",
    ),
    (
        "cursor",
        {"style": "cursor", "parameter": "cursor", "size_parameter": "max", "next": "meta.next"},
        "items",
    ),
    (
        "row_cursor",
        {
            "style": "cursor",
            "parameter": "starting_after",
            "size_parameter": "limit",
            "cursor_of_row": "id",
            "more": "has_more",
        },
        "data",
    ),
    (
        "body_cursor",
        {
            "style": "body_cursor",
            "parameter": "options.cursor",
            "size_parameter": "count",
            "next": "next_cursor",
            "more": "more",
        },
        "items",
    ),
    (
        "body_offset",
        {"style": "body_offset", "parameter": "offset", "size_parameter": "limit"},
        "",
    ),
    ("link", {"style": "link", "size_parameter": "per_page"}, ""),
    (
        "next_url",
        {"style": "next_url", "size_parameter": "size", "next": "pagination.next"},
        "results",
    ),
    ("odata", {"style": "odata"}, "value"),
    ("odata_2", {"style": "odata"}, "d.results"),
    ("qbo_query", {"style": "qbo_query"}, "QueryResponse.Bill"),
]


def start_of(name: str) -> Request:
    if name == "qbo_query":
        return Request("GET", "https://api.example/v1/query?query=select%20%2A%20from%20Bill")
    if name.startswith("body_"):
        return Request("POST", BASE, {}, b'{"options": {"x": 1.50}}')
    return Request("GET", BASE)


@pytest.mark.parametrize(("name", "spec", "items"), STYLES, ids=[each[0] for each in STYLES])
@given(count=st.integers(0, 40), size=st.integers(1, 12), cap=st.integers(1, 15))
def test_every_row_comes_exactly_once(
    name: str, spec: dict[str, Any], items: str, count: int, size: int, cap: int
) -> None:
    target = Target(count, cap)
    walk = pages(getattr(target, name), start_of(name), {**spec, "size": size}, items=items)
    assert [row for page in walk for row in page.rows] == target.rows


@pytest.mark.parametrize(("name", "spec", "items"), STYLES, ids=[each[0] for each in STYLES])
def test_a_page_says_how_the_next_one_is_asked_for(
    name: str, spec: dict[str, Any], items: str
) -> None:
    target = Target(25, 10)
    full = {**spec, "size": 10}
    first, second, *_ = pages(getattr(target, name), start_of(name), full, items=items)
    assert first.next is not None
    assert getattr(target, name)(first.next.request).body == second.answer.body


def test_no_paging_is_one_page() -> None:
    walk = list(
        pages(
            lambda r: reply(r, {"rows": [1, 2]}),
            Request("GET", BASE),
            {"style": "none"},
            items="rows",
        )
    )
    assert [page.rows for page in walk] == [[1, 2]]
    assert walk[0].next is None


def stuck_cursor(request: Request) -> Answer:
    return reply(request, {"items": [{"id": 1}], "next_cursor": "same"})


def circling_cursor(request: Request) -> Answer:
    following = {"": "a", "a": "b", "b": "a"}[params(request).get("cursor", "")]
    return reply(request, {"items": [{"id": following}], "next_cursor": following})


def deaf(request: Request) -> Answer:
    return reply(request, {"items": [{"id": 1}, {"id": 2}], "hasMore": True})


def same_link(request: Request) -> Answer:
    return reply(request, [{"id": 1}], {"Link": f"<{request.url}>; rel=next"})


@pytest.mark.parametrize(
    ("fetch", "spec", "items", "good"),
    [
        (stuck_cursor, {"style": "cursor"}, "items", 2),
        (circling_cursor, {"style": "cursor"}, "items", 3),
        (stuck_cursor, {"style": "body_cursor"}, "items", 2),
        (stuck_cursor, {"style": "cursor", "cursor_of_row": "id"}, "items", 2),
        (deaf, {"style": "page"}, "items", 1),
        (deaf, {"style": "offset", "more": "hasMore"}, "items", 1),
        (deaf, {"style": "qbo_query"}, "items", 1),
        (same_link, {"style": "link"}, "", 1),
    ],
)
def test_a_target_that_does_not_move_on_is_noticed(
    fetch: Callable[[Request], Answer], spec: dict[str, Any], items: str, good: int
) -> None:
    walk = pages(fetch, Request("GET", BASE), spec, items=items)
    for _ in range(good):
        next(walk)
    with pytest.raises(PagingStuck, match="check `paging`"):
        next(walk)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/next",
        "http://api.example/next",
        "//evil.example/",
        "https://api.example:8443/",
    ],
)
def test_the_next_page_is_on_the_same_host(url: str) -> None:
    """The credential goes along with it."""
    for spec, answer in (
        ({"style": "next_url"}, lambda r: reply(r, {"items": [1], "next": url})),
        ({"style": "odata"}, lambda r: reply(r, {"items": [1], "@odata.nextLink": url})),
        ({"style": "link"}, lambda r: reply(r, {"items": [1]}, {"Link": f'<{url}>; rel="next"'})),
    ):
        with pytest.raises(TransportRefused, match="another host"):
            next(pages(answer, Request("GET", BASE), spec, items="items"))


def test_a_single_record_where_a_list_is_usual_is_a_row() -> None:
    answer = {"QueryResponse": {"Bill": {"id": 1}}}
    walk = pages(
        lambda r: reply(r, answer),
        Request("GET", BASE),
        {"style": "none"},
        items="QueryResponse.Bill",
    )
    assert next(walk).rows == [{"id": 1}]


@pytest.mark.parametrize("more", [False, "false", 0, None, ""])
def test_an_end_that_is_said_is_believed(more: object) -> None:
    tree = {"items": [{"id": 1}], "more": more, "next_cursor": "c2"}
    spec = {"style": "cursor", "more": "more"}
    assert (
        len(list(pages(lambda r: reply(r, tree), Request("GET", BASE), spec, items="items"))) == 1
    )
