"""The one error that a user can cause: its text is a sentence for a person, and it is shown as it stands."""

from core.messages import Message, message


class DigitLabError(ValueError):
    """Something a person asked for cannot be done; the message says what is wrong and what to do about it.

    `DigitLabError("There is no model {name}.", name=name)` carries the sentence and its values apart, in `message`;
    `str` of it is the English sentence. A finished sentence, or a `Message`, will do as well.
    """

    def __init__(self, template: str | Message, **values: object) -> None:
        self.message = template if isinstance(template, Message) else message(template, **values)
        super().__init__(str(self.message))
