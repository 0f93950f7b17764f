"""How good a network is, how sure it may be, and when it should refuse."""
