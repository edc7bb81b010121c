"""What the doors call: the only place where model, connectors and secrets are joined."""
