"""What the policies in force say, before anything is done about it."""
