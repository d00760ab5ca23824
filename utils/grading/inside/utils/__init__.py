"""Stands for the course's own package where a handed-in notebook is graded: it knows no answers."""
