"""Generated: what later lessons use of the solutions of earlier ones."""
