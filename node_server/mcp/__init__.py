"""Tools for language models, by the Model Context Protocol: a thin door before a running server.

It holds an API key and nothing else. No database, no master key and no secret of another system is
within a model's reach, and whatever the key's roles, the policies and the limits of the server do
not allow is refused there, as it is to everybody.
"""
