"""One HTTP resource a file: each declares its endpoints and calls one operation."""

from __future__ import annotations
