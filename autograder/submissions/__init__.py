"""Finds, names and collects submissions; runs nothing of them."""
