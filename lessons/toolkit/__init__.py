"""Plumbing that the notebooks import: corpora, batches, the training loop's shell, figures."""
