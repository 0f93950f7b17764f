"""Teaching a copy of a network somebody's own hand."""
