"""A training run: its folder on disk, and the process that carries it out."""
