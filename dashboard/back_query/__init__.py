"""The room of the page Backwards: from an answer to a picture."""
