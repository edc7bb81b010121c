"""Policies of a tenant: proposed, tried, activated, asked; and the approvals that they ask for."""
