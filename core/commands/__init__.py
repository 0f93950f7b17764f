"""What `python -m core` can do."""
