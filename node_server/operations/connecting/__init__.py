"""Connections and what lets them in: made, changed, agreed to, tried out."""
