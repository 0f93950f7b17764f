"""The page Sweep: many settings tried at once, as a map and a table that fill while it runs."""
