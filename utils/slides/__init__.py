"""A lesson as slides."""
