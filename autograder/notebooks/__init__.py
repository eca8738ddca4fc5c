"""Notebooks as data: cells, the names in them, and the marks that the course puts on them. Nothing of a cell runs."""
