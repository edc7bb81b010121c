"""Giving rows in pages: the other end of every style that manifests know.

A cursor is the number of the last row given, so that rows which come meanwhile shift nothing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from node_server.simulators.call import Call, Reply
from node_server.simulators.described import Spec
from node_server.simulators.places import at, put, split, steps_of
from node_server.simulators.rows import Row

_POSITION = re.compile(r"\bstartposition\s+(\d+)", re.IGNORECASE)
_MOST = re.compile(r"\bmaxresults\s+(\d+)", re.IGNORECASE)
_WISH = re.compile(r"maxpagesize=(\d+)")
_TOKEN = "$skiptoken"  # noqa: S105 - a parameter's name


@dataclass(frozen=True)
class Asked:
    """A page that is asked for. `most` is the simulator's own limit; `stuck` repeats the page."""

    call: Call
    paging: Spec
    items: str
    rows: Sequence[Row]
    id_steps: tuple[Any, ...]
    most: int
    stuck: bool = False

    def text(self, name: str) -> str:
        """A value of the query, or of the body where it stands there."""
        in_body = at(self.call.tree, steps_of(name)) if name else None
        return self.call.params.get(name, "") or ("" if in_body is None else str(in_body))

    @property
    def size(self) -> int:
        """Rows of a page."""
        wished = self.text(self.paging.get("size_parameter", "")) or _wish(self.call)
        asked = int(wished) if wished.isdigit() and int(wished) > 0 else 0
        return min(asked or self.paging.get("size", 100), self.most)

    def after(self, number: int) -> Sequence[Row]:
        """The rows after the one of this number."""
        return [row for row in self.rows if row.number > number]


Cut: TypeAlias = tuple[Sequence[Row], bool]
"""The rows of a page, and whether there are more."""


def page(asked: Asked) -> Reply:
    """The answer with one page of the rows."""
    style = asked.paging.get("style", "none")
    return _STYLES[style](asked)


def _answer(asked: Asked, cut: Cut) -> Reply:
    rows, more = cut
    tree: Any = put({}, asked.items, [row.record for row in rows])
    if not rows and asked.paging.get("style") == "qbo_query":
        tree = put({}, asked.items.partition(".")[0], {})
    if path := asked.paging.get("more"):
        tree = put(tree, path, more)
    return Reply(200, tree)


def _cut(rows: Sequence[Row], start: int, size: int) -> Cut:
    return rows[start : start + size], start + size < len(rows)


def _whole(asked: Asked) -> Reply:
    return _answer(asked, (asked.rows, False))


def _page(asked: Asked) -> Reply:
    first = asked.paging.get("start", 1)
    text = asked.text(asked.paging.get("parameter", "page"))
    number = int(text) - first if text.isdigit() else 0
    if asked.stuck and number:
        number -= 1
    return _answer(asked, _cut(asked.rows, max(number, 0) * asked.size, asked.size))


def _offset(asked: Asked) -> Reply:
    first = asked.paging.get("start", 0)
    text = asked.text(asked.paging.get("parameter", "offset"))
    start = max(int(text) - first if text.isdigit() else 0, 0)
    if asked.stuck:
        start = max(start - asked.size, 0)
    return _answer(asked, _cut(asked.rows, start, asked.size))


def _query(asked: Asked) -> Reply:
    text = asked.text(asked.paging.get("parameter", "query"))
    start, most = _POSITION.search(text), _MOST.search(text)
    size = min(int(most[1]) if most else 100, asked.most)
    begin = int(start[1]) - 1 if start else 0
    if asked.stuck:
        begin = max(begin - size, 0)
    return _answer(asked, _cut(asked.rows, max(begin, 0), size))


def _cursor(asked: Asked) -> Reply:
    """A token of the answer, or the id of the last row."""
    text = asked.text(asked.paging.get("parameter", "cursor"))
    if "cursor_of_row" in asked.paging:
        last = next((row.number for row in asked.rows if row.id == text), 0)
        return _answer(asked, _cut(asked.after(0 if asked.stuck else last), 0, asked.size))
    rows, more = _cut(asked.after(_number_of(text)), 0, asked.size)
    reply = _answer(asked, (rows, more))
    token = text if asked.stuck and text else _token_of(rows[-1].number) if more else None
    reply.tree = put(reply.tree, asked.paging.get("next", "next_cursor"), token)
    return reply


def _link(asked: Asked) -> Reply:
    reply, url = _with_url(asked)
    if url:
        reply.headers["Link"] = f'<{url}>; rel="next"'
    return reply


def _next_url(asked: Asked) -> Reply:
    reply, url = _with_url(asked)
    if url:
        reply.tree = put(reply.tree, asked.paging.get("next", "next"), url)
    return reply


def _odata(asked: Asked) -> Reply:
    reply, url = _with_url(asked)
    usual = "d.__next" if split(asked.items)[0][:1] == ("d",) else '"@odata.nextLink"'
    if url:
        reply.tree = put(reply.tree, asked.paging.get("next", usual), url)
    return reply


def _with_url(asked: Asked) -> tuple[Reply, str]:
    """A page, and the address of the next one: the same call with a token."""
    params = dict(parse_qsl(urlsplit(asked.call.url).query, keep_blank_values=True))
    text = params.pop(_TOKEN, "")
    top = params.get("$top", "")
    rows = asked.rows[: int(top)] if top.isdigit() else asked.rows
    rest = [row for row in rows if row.number > _number_of(text)]
    skipped = int(params.get("$skip", "0") or 0) if not text else 0
    rows, more = _cut(rest[skipped:], 0, asked.size)
    reply = _answer(asked, (rows, more))
    if not more:
        return reply, ""
    token = text if asked.stuck and text else _token_of(rows[-1].number)
    address = asked.call.url.partition("?")[0]
    return reply, f"{address}?{urlencode({**params, _TOKEN: token})}"


def _wish(call: Call) -> str:
    found = _WISH.search(call.header("Prefer"))
    return found[1] if found else ""


def _token_of(number: int) -> str:
    return base64.urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _number_of(token: str) -> int:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        return 0
    return int(text.removeprefix("after:")) if text.startswith("after:") else 0


_STYLES: dict[str, Callable[[Asked], Reply]] = {
    "none": _whole,
    "page": _page,
    "offset": _offset,
    "body_offset": _offset,
    "cursor": _cursor,
    "body_cursor": _cursor,
    "link": _link,
    "next_url": _next_url,
    "odata": _odata,
    "qbo_query": _query,
}
