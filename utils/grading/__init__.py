"""Grading a class's notebooks: they run in a sandbox, and what they are worth is decided outside of it."""
