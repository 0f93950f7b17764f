"""Curves that grow while they are looked at, as a small component of our own.

Streamlit's charts are put up anew whenever a point is added: they flicker, forget what a hand has drawn nearer, and cost
ten times as much.
"""
