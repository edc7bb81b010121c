"""Walking through a list, page by page, and noticing when it goes in circles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors._codecs import json_tree
from connectors._transport.errors import TransportError
from connectors._transport.message import Answer, Request
from connectors._transport.paging.styles import Seen, style_of
from connectors._transport.picking import pick


class PagingStuck(TransportError):
    """The target does not move on: a cursor came back, or a page is the one before it.

    The rows given until then are right; what comes after them is not known.
    """


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a list goes on: the request of the next page, and what came before it."""

    request: Request
    pages: int
    rows: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `next` is where the one after it begins, now or another time."""

    rows: list[Any]
    answer: Answer
    next: Bookmark | None


def pages(
    fetch: Callable[[Request], Answer],
    request: Request,
    paging: Mapping[str, Any],
    *,
    items: str = "",
    start: Bookmark | None = None,
) -> Iterator[Page]:
    """The pages of a list. `fetch` lets the request in, sends it, and raises what is no success.

    `paging` and `items` are the manifest's. Auth must not be in `request`: it is added each time.
    With `start`, the `next` of a page seen earlier, the list goes on there.
    """
    style = style_of(paging)
    begun = start or Bookmark(style.begin(paging, request), 0, 0)
    asked: Request | None = begun.request
    asked_before: set[bytes] = set()
    last, before, number = b"", begun.rows, begun.pages
    while asked is not None:
        _remember(asked, asked_before, number)
        answer = fetch(asked)
        tree = answer.json()
        rows = _rows(tree, items)
        mark = hashlib.sha256(json_tree.write(rows)).digest()
        if style.counts and rows and mark == last:
            raise _stuck(f"page {number + 1} is the same as the one before")
        seen = Seen(request, asked, answer, tree, rows, before, number)
        following = style.after(paging, seen)
        on = Bookmark(following, number + 1, seen.through) if following else None
        yield Page(rows, answer, on)
        asked, last, before, number = following, mark, seen.through, number + 1


def _remember(asked: Request, before: set[bytes], number: int) -> None:
    mark = hashlib.sha256(asked.url.encode() + b"\n" + asked.body).digest()
    if mark in before:
        raise _stuck(f"page {number + 1} is asked for a second time")
    before.add(mark)


def _rows(tree: Any, items: str) -> list[Any]:
    found = pick(tree, items)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _stuck(found: str) -> PagingStuck:
    return PagingStuck("paging_stuck", f"{found}; check `paging` in the manifest")
