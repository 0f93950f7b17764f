"""Words in the visitor's language: sentences, plurals and numbers, with a language made in the test."""

import numpy as np
import pytest

from core.errors import DigitLabError
from core.messages import N_, Message
from core.runs.record import clean_title
from dashboard import say as module
from dashboard.say import Writer, language, languages, say, say_many

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{right:,} of {n:,} right ({percent:.1f} %)"
msgstr "{right:,} von {n:,} richtig ({percent:.1f} %)"

msgid "Draw a digit."
msgstr "Zeichne eine Ziffer."

msgid "{count} drawing"
msgid_plural "{count} drawings"
msgstr[0] "{count} Zeichnung"
msgstr[1] "{count} Zeichnungen"

msgid "There is no model {name}."
msgstr "Es gibt kein Modell {name}."
"""


@pytest.fixture
def german(tmp_path, monkeypatch):
    (tmp_path / "de.po").write_text(GERMAN)
    monkeypatch.setattr(module, "LOCALES", tmp_path)
    monkeypatch.setenv(module.LANGUAGE, "de")
    module._catalogue.cache_clear()
    yield
    module._catalogue.cache_clear()


def test_english_is_said_as_it_stands():
    assert say("{right:,} of {n:,} right ({percent:.1f} %)", right=9941, n=10_000, percent=99.41) == (
        "9,941 of 10,000 right (99.4\xa0%)"
    )
    assert say("Draw a digit.") == "Draw a digit."
    assert say("{braces} stay where no value is given") == "{braces} stay where no value is given"
    assert say_many("{count} drawing", "{count} drawings", 1) == "1 drawing"
    assert say_many("{count} drawing", "{count} drawings", 2) == "2 drawings"


def test_a_language_is_one_file(german):
    assert languages() == ["en", "de"] and language() == "de"
    assert say("Draw a digit.") == "Zeichne eine Ziffer."
    assert say("Not translated yet.") == "Not translated yet."
    assert say("") == ""  # and not the file's own head


def test_numbers_are_written_as_the_language_does(german):
    said = say("{right:,} of {n:,} right ({percent:.1f} %)", right=9941, n=10_000, percent=99.41)
    assert said == "9.941 von 10.000 richtig (99,4\xa0%)"


@pytest.mark.parametrize(("count", "said"), [(0, "0 Zeichnungen"), (1, "1 Zeichnung"), (2, "2 Zeichnungen")])
def test_plurals_are_the_language_s(german, count, said):
    assert say_many("{count} drawing", "{count} drawings", count) == said


def test_an_error_of_core_is_said_by_its_message(german):
    error = DigitLabError("There is no model {name}.", name="x")
    assert str(error) == "There is no model x."
    assert say(error.message) == "Es gibt kein Modell x."


def test_messages_within_messages_are_said(german):
    inner = Message("{right:,} of {n:,} right ({percent:.1f} %)", {"right": 1, "n": 2, "percent": 50.0})
    assert say("So: {score}", score=inner) == "So: 1 von 2 richtig (50,0\xa0%)"


def test_what_came_from_outside_is_no_link_and_no_picture():
    """A page shows sentences as Markdown: the picture of a name would be fetched by everybody who sees it."""
    assert say("This is **{title}**.", title="![x](//evil)") == "This is **![x] (//evil)**."
    error = DigitLabError("There is no recipe {name}.", name="[here](//evil)")
    assert say(error.message) == "There is no recipe [here] (//evil)."
    assert clean_title(" ![x](//evil) ") == "![x] (//evil)"


@pytest.mark.parametrize("wanted", ["xx", "not a language", "../../etc/passwd", "fr", ""])
def test_a_language_that_is_not_there_is_english(german, monkeypatch, wanted):
    monkeypatch.setenv(module.LANGUAGE, wanted)
    assert language() == "en"


@pytest.mark.parametrize("wanted", ["de-AT", "de_CH", "de"])
def test_a_region_speaks_the_language(german, monkeypatch, wanted):
    monkeypatch.setenv(module.LANGUAGE, wanted)
    assert language() == "de"


def test_what_is_marked_stays_what_it_is():
    assert N_("Pen") == "Pen"


@pytest.mark.parametrize(
    ("spec", "value", "said"),
    [
        (":g", 0.05, "0,05"), (":g", 3.0, "3"), (":g", 1e-5, "1e-05"), (":.3g", 0.12345, "0,123"), ("", 0.5, "0,5"),
        (":,.0f", 12345.6, "12.346"), (":+.2f", 1.5, "+1,50"), (":.1%", 0.994, "99,4%"), (":.1f", np.float32(0.5), "0,5"),
        (":,", np.int64(60_000), "60.000"), ("", "1.0.2", "1.0.2"), ("", True, "True"), ("", None, "None"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_the_language_s(german, spec, value, said):
    assert say(f"{{x{spec}}}", x=value) == said


def test_the_minus_is_the_language_s():
    assert Writer("sv").format_field(-1234.5, ",.1f") == "\u22121\xa0234,5"


@pytest.mark.parametrize("value", [0, -7, 1234, 1234.5678, -0.00042, 1e9, 1e-9])
@pytest.mark.parametrize("spec", ["", ",", ".0f", ",.2f", "g", ".3g", "+.1f", "02d"])
def test_in_english_a_number_is_written_as_python_writes_it(value, spec):
    if spec != "02d" or isinstance(value, int):
        assert Writer("en").format_field(value, spec) == format(value, spec)
