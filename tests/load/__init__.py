"""A room full of visitors without browsers, and what they cost: `python -m tests.load`."""
