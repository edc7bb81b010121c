"""What lasts: the tables, and the only place that speaks SQL."""

from __future__ import annotations
