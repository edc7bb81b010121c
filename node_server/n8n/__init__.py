"""Everything shaped for n8n."""

from __future__ import annotations
