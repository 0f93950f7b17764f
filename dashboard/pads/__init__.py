"""Three ways to draw, one drawing."""
