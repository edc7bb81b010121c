"""Secrets: sealed, named and handed out ready to use."""
