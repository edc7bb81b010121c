"""What may be said of several documents together: match, reconcile, screen, decide.

Pure functions over canonical documents. A verdict holds or releases; nothing here posts or pays.
"""
