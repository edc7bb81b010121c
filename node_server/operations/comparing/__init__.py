"""Two systems that should agree: what each of them says of the same documents."""
