"""A sentence for a person as a template and its values, so that it can be said in another language later."""

from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True):
    """A sentence and what is to be put into it.

    Attributes
    ----------
    template : the English sentence, with a named place in braces for each value: "There is no model {name}." It is also
        what a translation is looked up by. Without values it is said as it stands, braces and all.
    values : what goes into the places: text, numbers, truth values or messages, so that a message can be written as JSON.
    """

    template: str
    values: dict[str, "str | int | float | bool | None | Message"] = {}

    def __str__(self) -> str:
        return self.of(self.template)

    def of(self, template: str) -> str:
        """The values put into `template`: this one, or its translation. One that they do not fit is said as it stands."""
        if not self.values:
            return template
        try:
            return template.format_map(self.values)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError):  # from a file, or a translator's slip
            return template


Value = str | int | float | bool | None | Message


def N_(words: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text to be collected for translators where it cannot be said yet: in a table, a constant."""
    return words


MOST_LETTERS = 1_000  # of a value: nobody reads on, and a stranger's file may hold any number


def letters(text: str) -> str:
    """A text that can be written anywhere: half a letter, as JSON may hold, is replaced, and the end of a long one left out."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …"


def unlinked(text: str) -> str:
    """A text that came from outside, in which no page sees a link or a picture to fetch: `[title](address)`."""
    return text.replace("](", "] (")


def message(template: str, **values: object) -> Message:
    """A message whose values may be of any kind: an error is its own message, and what else is no number becomes text here."""
    return Message(template, {name: _plain(value) for name, value in values.items()})


def received(told: object) -> Message:
    """A message that another process told as JSON; a finished sentence will do as well."""
    try:
        return _whole(msgspec.convert(told, Message))
    except (msgspec.ValidationError, UnicodeEncodeError):
        return Message(letters(str(told)))


def _whole(said: Message) -> Message:
    values = {
        letters(name): _whole(value) if isinstance(value, Message) else _plain(value)
        for name, value in said.values.items()
    }
    return Message(letters(said.template), values)


def _plain(value: Any) -> Value:
    if type(value) is str:
        return letters(value)
    if value is None or type(value) in (int, float, bool, Message):
        return value
    said = getattr(value, "message", None)
    if isinstance(value, Exception) and isinstance(said, Message):
        return said  # a `DigitLabError`, which this file must not know
    if isinstance(value, int | float):  # a NumPy float is one
        return int(value) if isinstance(value, int) else float(value)
    return (
        value.item() if hasattr(value, "dtype") and hasattr(value, "item") and value.ndim == 0 else letters(str(value))
    )
