"""What a network is made of: its layers' functions, how it begins, and how it is corrected."""
