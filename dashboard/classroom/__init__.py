"""The page of a class: what its teacher sees, what its pupils see, and the board of all their runs."""
