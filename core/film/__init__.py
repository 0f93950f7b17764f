"""The film of a run: what its network imagined at every moment that was kept of its training."""
