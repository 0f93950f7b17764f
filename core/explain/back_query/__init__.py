"""From an answer back to a picture, in four ways: `core.explain.back_query.methods` is their table."""
