"""Reconciliation: which bank lines settle which open documents, scored and explained."""
