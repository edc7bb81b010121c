"""What cannot be made yet."""

from __future__ import annotations


class Blocked(Exception):
    """It cannot be made yet; the message says why."""
