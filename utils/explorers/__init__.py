"""The pictures of each lesson's explorers: one module a lesson, named after it."""
