"""The one place that says which release this is; the changelog's head must agree."""

__version__ = "0.1.0"
