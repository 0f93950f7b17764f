"""From an answer back to a picture."""
