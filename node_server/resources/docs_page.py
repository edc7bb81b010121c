"""The page at `/docs`: reads the description, shows it, and sends what is filled in."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

_FOLDER = files("node_server.resources") / "docs"
_STYLE = (_FOLDER / "docs.css").read_text(encoding="utf-8")
_SCRIPT = (_FOLDER / "docs.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


# Nothing is fetched from elsewhere: the page works on a machine with no way out.
POLICY = (
    f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = (
    (_FOLDER / "docs.html")
    .read_text(encoding="utf-8")
    .replace("/*style*/", _STYLE)
    .replace("/*script*/", _SCRIPT)
    .encode()
)
