"""What other orchestrators import, written from the descriptions that this server gives of itself.

Each room below knows one orchestrator: what its importer takes, and how its people call things.
"""
