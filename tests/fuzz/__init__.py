"""What comes from outside, changed by lot: every reader answers with a value or a sentence, in little time and memory.

`python -m tests.fuzz` tries them all (`tests.fuzz.readers`), 20,000 changed files each; `tests/corpus/` keeps what
was ever found.
"""
