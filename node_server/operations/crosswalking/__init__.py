"""What a document names in our words or another system's, said in the words of the target."""
