"""Lists that come in pages: every row once, and an end that is noticed."""
