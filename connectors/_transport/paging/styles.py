"""How each style of the manifests asks for the first page and for the one after a page.

A list ends where the target says so, or with a page that has no rows. A short page ends nothing:
targets give fewer rows than were asked for, and what comes after them must not be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urljoin, urlsplit

from requests.utils import parse_header_links

from connectors._codecs import json_tree
from connectors._transport.errors import TransportRefused
from connectors._transport.message import Answer, Request
from connectors._transport.picking import pick
from connectors.errors import CodecError

Spec: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when the next page is to be asked for."""

    first: Request
    """The request as the manifest makes it, without anything of paging."""
    asked: Request
    answer: Answer
    tree: Any
    rows: Sequence[Any]
    before: int
    """Rows of the pages before this one."""
    page: int
    """Pages before this one."""

    @property
    def through(self) -> int:
        """Rows up to here."""
        return self.before + len(self.rows)


@dataclass(frozen=True, slots=True)
class Style:
    """One way of paging."""

    begin: Callable[[Spec, Request], Request]
    after: Callable[[Spec, Seen], Request | None]
    counts: bool = False
    """Whether the next page is asked for by number, so that an equal page means a standstill."""


def style_of(spec: Spec) -> Style:
    """The style that a manifest names."""
    return _STYLES[spec.get("style", "none")]


def _sized(spec: Spec, request: Request) -> Request:
    if "size" in spec and "size_parameter" in spec:
        return request.with_params({spec["size_parameter"]: str(spec["size"])})
    return request


def _ended(spec: Spec, seen: Seen) -> bool:
    """Whether the target says that this was all; nothing said is not an end."""
    if "more" not in spec:
        return False
    more = pick(seen.tree, spec["more"])
    return more is None or str(more).lower() in ("false", "0", "")


def _first_number(spec: Spec, request: Request) -> Request:
    start = spec.get("start", 1 if spec["style"] == "page" else 0)
    return _sized(spec, _numbered(spec, request, start))


def _numbered(spec: Spec, request: Request, number: int) -> Request:
    return request.with_params({spec.get("parameter", spec["style"]): str(number)})


def _next_page(spec: Spec, seen: Seen) -> Request | None:
    if not seen.rows or _ended(spec, seen):
        return None
    return _numbered(spec, seen.asked, spec.get("start", 1) + seen.page + 1)


def _next_offset(spec: Spec, seen: Seen) -> Request | None:
    """By the rows that came, not by those asked for."""
    if not seen.rows or _ended(spec, seen):
        return None
    return _numbered(spec, seen.asked, spec.get("start", 0) + seen.through)


def _next_cursor(spec: Spec, seen: Seen) -> Request | None:
    cursor = _cursor(spec, seen)
    if cursor is None or _ended(spec, seen):
        return None
    return seen.asked.with_params({spec.get("parameter", "cursor"): cursor})


def _cursor(spec: Spec, seen: Seen) -> str | None:
    """A token of the answer, or the last row's; an empty one ends the list."""
    if "cursor_of_row" in spec:
        found = pick(seen.rows[-1], spec["cursor_of_row"]) if seen.rows else None
    else:
        found = pick(seen.tree, spec.get("next", "next_cursor"))
    if isinstance(found, bool) or found in (None, ""):
        return None
    return str(found)


def _first_body(spec: Spec, request: Request) -> Request:
    if "size" in spec and "size_parameter" in spec:
        return _in_body(request, spec["size_parameter"], spec["size"])
    return request


def _next_body(spec: Spec, seen: Seen) -> Request | None:
    cursor = _cursor(spec, seen)
    if cursor is None or _ended(spec, seen):
        return None
    return _in_body(seen.asked, spec.get("parameter", "cursor"), cursor)


def _first_body_offset(spec: Spec, request: Request) -> Request:
    return _first_body(
        spec, _in_body(request, spec.get("parameter", "offset"), spec.get("start", 0))
    )


def _next_body_offset(spec: Spec, seen: Seen) -> Request | None:
    if not seen.rows or _ended(spec, seen):
        return None
    offset = spec.get("start", 0) + seen.through
    return _in_body(seen.asked, spec.get("parameter", "offset"), offset)


def _in_body(request: Request, path: str, value: Any) -> Request:
    try:
        tree = json_tree.decode(request.body or b"{}").units[0]
    except CodecError:
        tree = None
    holder = tree
    *above, last = path.split(".")
    for name in above:
        holder = holder.setdefault(name, {}) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        raise TransportRefused("paging", f"no place {path[:60]!r} in the body; make it an object")
    holder[last] = value
    return replace(request, body=json_tree.write(tree))


def _next_link(spec: Spec, seen: Seen) -> Request | None:
    """RFC 8288: the address with the relation `next`."""
    links = parse_header_links(seen.answer.headers.get("Link", ""))
    urls = [link["url"] for link in links if "next" in link.get("rel", "").lower().split()]
    return _at(seen, urls[0]) if urls else None


def _next_url(spec: Spec, seen: Seen) -> Request | None:
    url = pick(seen.tree, spec.get("next", "next"))
    if not isinstance(url, str) or not url or _ended(spec, seen):
        return None
    return _at(seen, url)


def _first_odata(spec: Spec, request: Request) -> Request:
    """`$top` would end the list; the size of a page is a preference (OData 4.01, 8.2.8.5)."""
    if "size_parameter" in spec or "size" not in spec:
        return _sized(spec, request)
    wish = f"odata.maxpagesize={spec['size']}"
    stated = request.header("Prefer")
    return request.with_headers({"Prefer": f"{stated}, {wish}" if stated else wish})


def _next_odata(spec: Spec, seen: Seen) -> Request | None:
    places = ('"@odata.nextLink"', '"odata.nextLink"', "d.__next", "__next")
    found = (pick(seen.tree, place) for place in (spec.get("next"), *places) if place)
    url = next((each for each in found if isinstance(each, str) and each), None)
    return _at(seen, url) if url else None


def _at(seen: Seen, url: str) -> Request:
    """An address of the target's choosing, but no other host's: the request is let in there."""
    absolute = urljoin(seen.asked.url, url)
    if _origin(absolute) != _origin(seen.first.url):
        raise TransportRefused("paging", "the next page is said to be on another host; refused")
    return replace(seen.asked, url=absolute)


def _origin(url: str) -> tuple[str, str]:
    split = urlsplit(url)
    return split.scheme.lower(), split.netloc.lower()


def _first_query(spec: Spec, request: Request) -> Request:
    return _positioned(spec, request, spec.get("start", 1))


def _next_query(spec: Spec, seen: Seen) -> Request | None:
    if not seen.rows or _ended(spec, seen):
        return None
    return _positioned(spec, seen.first, spec.get("start", 1) + seen.through)


def _positioned(spec: Spec, request: Request, start: int) -> Request:
    """QuickBooks reads the place of a page in the query itself."""
    name = spec.get("parameter", "query")
    pairs = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    size = spec.get("size", 1000)
    query = f"{pairs.get(name, '')} STARTPOSITION {start} MAXRESULTS {size}"
    return request.with_params({name: query.strip()})


_STYLES: dict[str, Style] = {
    "none": Style(lambda spec, request: request, lambda spec, seen: None),
    "page": Style(_first_number, _next_page, counts=True),
    "offset": Style(_first_number, _next_offset, counts=True),
    "cursor": Style(_sized, _next_cursor),
    "link": Style(_sized, _next_link),
    "next_url": Style(_sized, _next_url),
    "odata": Style(_first_odata, _next_odata),
    "qbo_query": Style(_first_query, _next_query, counts=True),
    "body_cursor": Style(_first_body, _next_body),
    "body_offset": Style(_first_body_offset, _next_body_offset),
}
