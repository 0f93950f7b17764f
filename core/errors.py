"""The one error that a user can cause: its text is a sentence for a person, and it is shown as it stands."""


class DigitLabError(ValueError):
    """Something a person asked for cannot be done; the message says what is wrong and what to do about it."""
