"""Pieces that several documents share, one noun a file."""
