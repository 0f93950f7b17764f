"""Drawings and photographs: strokes, ink, and the way to the picture that a network reads."""
