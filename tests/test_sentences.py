"""Articles and shares, worked by hand; and no sentence of the program writes them in another way."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.sentences import a, probability, share
from dashboard.look import numbers
from dashboard.look.numbers import brief, capital_a, decimal, listed

PROJECT = Path(__file__).resolve().parent.parent

KEPT = "\N{NO-BREAK SPACE}%"  # a per cent sign does not begin a line of a page


def test_eight_is_the_only_digit_with_an() -> None:
    assert [digit for digit in range(10) if str(a(digit)) == f"an {digit}"] == [8]
    assert str(a(np.int64(8))) == "an 8" and capital_a(8) == "An 8" and capital_a(1) == "A 1"


@pytest.mark.parametrize(
    "value, said",
    [(0.0, "0 %"), (0.0001, "less than 0.1 %"), (0.0005, "0.1 %"), (0.5, "50.0 %"), (0.994, "99.4 %"), (0.9994, "99.9 %"),
     (0.9995, "more than 99.9 %"), (0.99995, "more than 99.9 %"), (1.0, "100 %")],
)  # fmt: skip
def test_only_all_is_a_hundred_per_cent(value: float, said: str) -> None:
    assert str(share(value)) == said and numbers.share(value) == said.replace(" %", KEPT)


def test_no_share_of_many_is_rounded_to_all_or_nothing() -> None:
    for n in (10, 999, 10_000, 60_000):
        assert "100" not in str(share((n - 1) / n)) and str(share(1 / n)) != "0 %" and str(share(n / n)) == "100 %"


@pytest.mark.parametrize(
    "value, said", [(0.0, "0 %"), (0.0004, "0 %"), (0.012, "1.2 %"), (0.57, "57 %"), (0.993, "99.3 %"),
                    (0.99996, "> 99.9 %"), (1.0, "> 99.9 %")],
)  # fmt: skip
def test_a_network_is_never_certain(value: float, said: str) -> None:
    assert brief(value) == brief(np.float32(value)) == said.replace(" %", KEPT)
    assert "100" not in str(probability(value))
    assert numbers.probability(value) == str(probability(value)).replace(" %", KEPT)


def test_no_sentence_puts_a_bare_article_before_a_digit_that_it_fills_in() -> None:
    """`f"a {digit}"` says "a 8"."""
    bare = re.compile(r"""\b[aA] (?:\*\*)?\{(?:digit|answer|label|true|first|second|before|after|read|said|value)\b""")
    for path in sorted([*PROJECT.glob("core/**/*.py"), *PROJECT.glob("dashboard/**/*.py")]):
        found = bare.findall(path.read_text(encoding="utf-8"))
        place = path.relative_to(PROJECT).as_posix()
        assert not found or place in ("core/sentences.py", "dashboard/look/numbers.py"), f"{place}: {found}"


def test_several_things_are_listed_and_decimals_kept() -> None:
    assert [listed(parts) for parts in (["3"], ["3", "4"], ["2", "3", "4"])] == ["3", "3 and 4", "2, 3 and 4"]
    assert decimal(1.925, 2) == f"{1.925:.2f}" and decimal(0.04, 1) == "0.0" and decimal(7, 0) == "7"
