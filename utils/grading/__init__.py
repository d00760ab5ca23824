"""Grading a class's notebooks: what they compute runs in a sandbox, what they are worth is decided outside."""
