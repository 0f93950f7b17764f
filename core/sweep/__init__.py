"""Many trainings at once: a grid of settings, what its runs come to, and how much of the best one is luck."""
