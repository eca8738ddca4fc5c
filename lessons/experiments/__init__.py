"""Experiments over many seeds: each module trains models and writes one data file that a lesson shows."""
