"""One file for each family of webhook signatures."""
