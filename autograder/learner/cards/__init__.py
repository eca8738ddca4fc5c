"""Answers as cards: what a notebook shows where plain text would do elsewhere."""
