"""Words in the visitor's language: `say` is how a page says anything, and a language is one file.

The English sentence is the key of its translation (as in GNU gettext), with a named place for each value:

    say("{right} of {count} right", right=97, count=100)

`make words` collects all sentences into `locale/digit-lab.pot`; a translation of it is `locale/LANGUAGE.po`. What is written
where it cannot be said yet (a table made once for all visitors) is marked by `N_` there, and said where it is shown.
"""

import contextlib
import contextvars
import functools
import gettext
import io
import os
import string
from collections.abc import Iterator
from numbers import Real
from pathlib import Path
from typing import Any

import streamlit as st
from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol, get_minus_sign_symbol

from core.messages import N_, Message, unlinked

__all__ = ["N_", "language", "languages", "say", "say_many", "speaking"]

LOCALES = Path(__file__).parent / "locale"
ENGLISH = "en"
LANGUAGE = "DIGITLAB_LANGUAGE"
_SPEAKING: contextvars.ContextVar[str | None] = contextvars.ContextVar("speaking", default=None)


def say(words: str | Message, /, **values: Any) -> str:
    """A sentence in the visitor's language, with its values in their places, numbers written as that language does.

    Values that are messages themselves are said as well. An error of `core` is said by its `message`.
    """
    if isinstance(words, Message):
        values = dict(words.values)
        words = words.template
    spoken = language()
    return _filled(_catalogue(spoken).gettext(words) if words else words, values, spoken)


def say_many(one: str, many: str, count: int, /, **values: Any) -> str:
    """`one` or `many`, as the language asks for this count, which is the value `count`."""
    spoken = language()
    return _filled(_catalogue(spoken).ngettext(one, many, count), {"count": count, **values}, spoken)


def _filled(template: str, values: dict[str, Any], spoken: str) -> str:
    if not values:
        return _held_together(template)
    said = {name: _value(value) for name, value in values.items()}
    return _held_together(_writer(spoken).vformat(template, (), said))


def _value(value: Any) -> Any:
    if isinstance(value, Message):
        return say(value)
    return (
        unlinked(value) if isinstance(value, str) else value
    )  # a name, a file's text or an address may be a stranger's


def _held_together(sentence: str) -> str:
    """No line begins with a lonely "%": its space, written as any other, does not break."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def languages() -> list[str]:
    """The languages that there are: English, and one for each file."""
    return [ENGLISH, *sorted(path.stem for path in LOCALES.glob("*.po"))]


def language() -> str:
    """The visitor's language: `$DIGITLAB_LANGUAGE` or what their browser asks for, where there is a file of it; else English."""
    for wanted in (os.environ.get(LANGUAGE), _browser()):
        if not wanted:
            continue
        name = _language_of(wanted)
        if name and (name == ENGLISH or (LOCALES / f"{name}.po").is_file()):
            return name
    return ENGLISH


@functools.lru_cache(maxsize=256)
def _language_of(wanted: str) -> str | None:
    """The language of "de-AT" or "de_AT"; None of what is no locale, for a browser can ask for anything.

    It is remembered, because it takes longer than all else of saying a sentence, of which a page has hundreds.
    """
    try:
        return Locale.parse(wanted, sep="-" if "-" in wanted else "_").language
    except (UnknownLocaleError, ValueError):
        return None


def _browser() -> str | None:
    return _SPEAKING.get() or st.context.locale


@contextlib.contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Say what is said in this block in a language: where no script runs, nobody knows the visitor's."""
    before = _SPEAKING.set(spoken)
    try:
        yield
    finally:
        _SPEAKING.reset(before)


@functools.lru_cache(maxsize=16)
def _catalogue(spoken: str) -> gettext.NullTranslations:
    path = LOCALES / f"{spoken}.po"
    if spoken == ENGLISH or not path.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with open(path, "rb") as file:
        write_mo(compiled, read_po(file, locale=spoken))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Writer(string.Formatter):
    """Puts values into a sentence. Python writes a number, and its signs become the language's: 1,234.5 is 1.234,5 in German."""

    def __init__(self, spoken: str) -> None:
        locale = Locale.parse(spoken)
        signs = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": get_minus_sign_symbol(locale)}
        self._signs = str.maketrans(signs)

    def format_field(self, value: Any, format_spec: str) -> str:
        said = format(value, format_spec)
        return said.translate(self._signs) if isinstance(value, Real) and not isinstance(value, bool) else said


@functools.lru_cache(maxsize=16)
def _writer(spoken: str) -> Writer:
    return Writer(spoken)
