"""Training as a stream of events, and presets of it."""
