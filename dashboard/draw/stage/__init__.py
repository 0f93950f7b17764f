"""The stage: the pad, the network at work, the ten answers and one sentence, in one component."""
