"""Reading what has changed in another system, from where the last time ended."""
