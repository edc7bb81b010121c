"""What a finance document is, and what may be said of it. Pure: no I/O, no clock, no network."""
