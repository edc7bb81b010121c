"""Icons: a cheque's stub with a mark on it, for light and dark."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import escape
from typing import Final

_PAPER: Final = ("#0f766e", "#2dd4bf")
_INK: Final = ("#ffffff", "#0b1f1d")
_STUB: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60">'
    '<path fill="{paper}" d="M8 6h44a4 4 0 0 1 4 4v40a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4v-6a4 4 0 0 0'
    ' 0-8v-12a4 4 0 0 0 0-8v-6a4 4 0 0 1 4-4z"/>{mark}</svg>\n'
)
_TICK: Final = (
    '<path fill="none" stroke="{ink}" stroke-width="6" stroke-linecap="round"'
    ' stroke-linejoin="round" d="M19 31l9 9 16-20"/>'
)
_LETTERS: Final = (
    '<text x="31" y="39" text-anchor="middle" font-family="Helvetica, Arial, sans-serif"'
    ' font-weight="700" font-size="22" fill="{ink}">{letters}</text>'
)


class BadIcon(ValueError):
    """An icon that cannot be used."""


def icons(slug: str, title: str | None = None) -> dict[str, str]:
    """Both variants of an icon: with a tick, or with the letters of a title."""
    return {f"{slug}.svg": _drawn(0, title), f"{slug}.dark.svg": _drawn(1, title)}


def _drawn(shade: int, title: str | None) -> str:
    ink = _INK[shade]
    mark = _TICK.format(ink=ink) if title is None else _letters(title, ink)
    return _STUB.format(paper=_PAPER[shade], mark=mark)


def _letters(title: str, ink: str) -> str:
    words = re.findall(r"\w+", title)
    letters = "".join(word[0] for word in words[:2]) if len(words) > 1 else title[:2]
    return _LETTERS.format(ink=ink, letters=escape(letters.upper()))


def own_icon(slug: str, svg: str) -> dict[str, str]:
    """Both variants of an icon that a partner brings; n8n wants two files that differ."""
    try:
        tag = ET.fromstring(svg).tag  # noqa: S314  (a file of the one who runs this command)
    except ET.ParseError as error:
        raise BadIcon(f"the icon is not SVG: {error}") from None
    if not tag.endswith("svg"):
        raise BadIcon("the icon is not SVG; its outermost element is another")
    dark = svg.replace("</svg>", "<!-- on dark --></svg>")
    return {f"{slug}.svg": svg, f"{slug}.dark.svg": dark}
