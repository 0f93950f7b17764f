"""Trained networks: parameters and configuration in one value, and the files that hold them."""
