"""For whoever runs a JupyterHub: what the course needs there, and what is wrong with a hub that is there."""
