"""Screening: who a party is, whom it resembles, and whether its bank details are to be trusted."""
