"""The match over the store: what concerns a bill is found, judged, kept; it holds or releases."""
