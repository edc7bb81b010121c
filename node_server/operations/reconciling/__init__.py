"""Reconciliation over the store: bank lines, payments and what they settle."""
