"""Envelope encryption: each credential under a key of its own, that key under a master key."""
