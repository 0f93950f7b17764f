"""A map of digits as a component of our own: the picture of each under the pointer, and a loop that a hand draws around some.

Streamlit's charts cannot show a picture where one points, answer a finger one tap late, and take a second frame for the end
of the first.
"""
