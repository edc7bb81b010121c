"""From the parts of a credential to requests that are let in."""
