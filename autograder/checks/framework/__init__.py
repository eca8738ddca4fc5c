"""The frame of all checks: stages, trials, comparisons, random inputs, and the verdict that comes out."""
