"""Posting: every effect on another system exactly once, with a counterfoil that is kept."""
