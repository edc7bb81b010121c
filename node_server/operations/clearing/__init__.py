"""Clearing exceptions: what people do about them, what becomes of those that nobody looks at."""
