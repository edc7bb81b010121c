"""Values every document is made of; imports nothing of ours but the errors."""
