"""What networks say of digits that they have not learned from, where all digits there are have a label to be looked at."""
