"""What a place of files says, in the shape of an answer over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests.structures import CaseInsensitiveDict

from connectors._codecs import json_tree
from connectors._transport.message import Answer


def answer_of(status: int, said: Mapping[str, Any], url: str, seconds: float) -> Answer:
    """A status and a JSON body."""
    headers = CaseInsensitiveDict({"Content-Type": "application/json"})
    return Answer(status, headers, json_tree.write(dict(said)), url, seconds)
