"""What other systems send by themselves: proven, kept, answered, and only then worked on."""
