"""The controls on files alone: no store, no server, nothing is posted or paid."""
