"""How other systems' payloads become canonical documents, and back."""
