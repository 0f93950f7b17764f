"""Whole numbers: found in a picture, cut into digits, and read."""
