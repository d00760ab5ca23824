"""The static site of the course."""
