"""The front doors, and the operations they call."""
