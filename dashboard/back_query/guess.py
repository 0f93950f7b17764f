"""Guess first: a digit that a network wrote, without its name, ten times; what you read in it, and what the judge does."""

import base64
import html
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from core.catalog import find_model, shipped_models
from core.drawings.svg import to_svg
from core.explain.back_query.found import Found
from core.explain.back_query.kept import kept, kept_path
from core.explain.back_query.written import PEN, strokes
from dashboard import shared, visitor
from dashboard.look.images import INK
from dashboard.look.numbers import a
from dashboard.parts.refusals import fragment, told
from dashboard.say import N_, say
from dashboard.visitor import Key

COUNT = 10
ASKED_MOST = 10  # networks beside those that ship: of each its file is read once, to know whether it has written
SIDE, SMALL = 224, 112  # pixels of the page
RULES = N_(
    "Networks wrote digits, and nobody tells you which. Ten times: **what did it want to write?** Say it by a key or a tap. The "
    "judge, a network that had no part in it, guesses too. All are drawn by lot from everything that {networks} networks wrote, "
    "the bad ones too."
)
END = {
    1: N_("You read more of it than the judge: some of what networks write, people read better."),
    0: N_("You and the judge read equally much of it."),
    -1: N_("The judge reads networks better than you do: it is one."),
}


@dataclass
class Round:
    """A visitor's round, and what came before it in this session.

    Attributes
    ----------
    items : (name of the network, digit that it wanted to write), in the order in which they are asked.
    guesses : what the visitor said so far.
    is_open : whether the last answer is shown.
    before : in earlier rounds: right guesses of the visitor, of the judge, and all.
    """

    items: list[tuple[str, int]] = field(default_factory=list)
    guesses: list[int] = field(default_factory=list)
    is_open: bool = False
    before: tuple[int, int, int] = (0, 0, 0)

    @property
    def over(self) -> bool:
        return len(self.guesses) >= len(self.items) and not self.is_open


ROUND: Key[Round] = Key("_guess", Round)


def guess_first(name: str) -> None:
    """Drawn anew by itself at each guess."""
    fragment(_panel)(name)


def _panel(name: str) -> None:
    now = ROUND.get()
    if not now.items or any(_written(each) is None for each, _ in now.items):
        st.markdown(say(RULES, networks=len(writers(name))))
        _begin_button(say("Begin"), name)
    elif now.over:
        _end(now, name)
    else:
        _ask(now)


def writers(name: str) -> list[str]:
    """The networks that have written and of which that is kept: those that ship, the one in use, and a few others."""
    others = [each for each in visitor.model_names() if each not in shipped_models() and each != name]
    names = dict.fromkeys([*shipped_models(), name, *others[:ASKED_MOST]])
    return [each for each in names if _written(each) is not None]


def draw_round(names: list[str], rng: np.random.Generator) -> list[tuple[str, int]]:
    """Ten of all that these networks wrote, each network's ten digits alike, none twice."""
    everything = [(name, digit) for name in names for digit in range(10)]
    return [everything[place] for place in rng.choice(len(everything), COUNT, replace=False)]


def _written(name: str) -> Found | None:
    """What the network of this name wrote, if that is kept."""
    since = kept_path(shared.fingerprint(name), "written").is_file()
    found = shared.of_network(shared.caches().written, name, since, lambda: _kept(name))
    return found[0] if found else None


def _kept(name: str) -> list[Found]:
    found = kept(find_model(name), shared.fingerprint(name), "written")
    return [found] if found and found.written else []


def _begin_button(label: str, name: str) -> None:
    st.button(label, type="primary", icon=":material/play_arrow:", key="guess-begin", on_click=told(_begin, once=True),
              args=(name,), help=say("Ten digits, drawn by lot."))  # fmt: skip


def _begin(name: str) -> None:
    you, judge, count = _score(ROUND.get())
    ROUND.put(Round(draw_round(writers(name), np.random.default_rng()), before=(you, judge, count)))


def _ask(now: Round) -> None:
    number = len(now.guesses) - now.is_open
    network, digit = now.items[number]
    with st.container(key="guess", width=520):
        st.markdown(
            say("Picture **{number}** of {count}: what did it want to write?", number=number + 1, count=len(now.items))
        )
        st.caption(_standing(now))
        with st.container(key="guess-beside"):  # the picture, and beside it, when one has guessed, what it is
            st.html(_picture(network, digit, SIDE, say("What a network wrote")))
            with st.container(key="guess-answer"):
                if now.is_open:
                    _reveal(network, digit, now.guesses[-1])
        for row in (range(5), range(5, 10)):
            with st.container(horizontal=True, gap="small"):
                for each in row:
                    st.button(str(each), key=f"guess-{each}", shortcut=str(each), width=56,
                              disabled=now.is_open, on_click=told(_guess), args=(number, each),
                              type="primary" if now.is_open and each == now.guesses[-1] else "secondary",
                              help=say("Say that it wanted to write {digit}.", digit=each))  # fmt: skip


def _reveal(network: str, digit: int, guess: int) -> None:
    judged = _judged(network, digit)
    sentences = (
        say("**{title}** wanted to write **{a_digit}**.", title=shared.model_name(network), a_digit=a(digit)),
        say("You knew it.") if guess == digit else say("You said {guess}.", guess=guess),
        say("The judge knew it too.") if judged == guess == digit
        else say("The judge knew it.") if judged == digit
        else say("The judge said {guess}.", guess=judged),
    )  # fmt: skip
    st.markdown(" ".join(sentences))
    st.button(say("Next"), key="guess-next", type="primary", shortcut="Enter", icon=":material/arrow_forward:",
              on_click=told(_next), help=say("Go on to the next picture, or to the end."))  # fmt: skip


def _guess(number: int, digit: int) -> None:
    """Take a guess, once: a second tap that comes late belongs to the picture before."""
    now = ROUND.get()
    if number == len(now.guesses) and not now.is_open:
        now.guesses.append(digit)
        now.is_open = True


def _next() -> None:
    ROUND.get().is_open = False


def _judged(network: str, digit: int) -> int:
    found = _written(network)
    return int(found.proof.judge_answers[digit]) if found else -1


def _score(now: Round) -> tuple[int, int, int]:
    """Right guesses of the visitor and of the judge, and all guesses, of this session."""
    asked = now.items[: len(now.guesses)]
    you = sum(guess == digit for guess, (_, digit) in zip(now.guesses, asked, strict=True))
    judge = sum(_judged(*item) == item[1] for item in asked)
    return now.before[0] + you, now.before[1] + judge, now.before[2] + len(asked)


def _standing(now: Round) -> str:
    you, judge, count = _score(now)
    return say("So far: **you** {you} of {count}, **the judge** {judge} of {count}.", you=you, judge=judge, count=count)


def _end(now: Round, name: str) -> None:
    you, judge, _ = _score(Round(now.items, now.guesses))
    st.markdown(
        say("**You** knew {you} of {count}, **the judge** {judge}.", you=you, judge=judge, count=len(now.items))
        + " "
        + say(END[int(np.sign(you - judge))])
    )
    if now.before[2]:
        st.markdown(_standing(now))
    _begin_button(say("Another round"), name)
    cards = []
    for (network, digit), guess in zip(now.items, now.guesses, strict=True):
        title = shared.model_name(network)
        lines = [
            say("{title} wrote {a_digit}.", title=title, a_digit=a(digit)),
            say("You: {you}. The judge: {judge}.", you=guess, judge=_judged(network, digit)),
        ]
        picture = _picture(network, digit, SMALL, say("Written by {title}", title=title))
        colour = "inherit" if guess == digit else "var(--against)"
        caption = "<br>".join(html.escape(line) for line in lines)
        cards.append(
            f'<figure style="width:9.5rem">{picture}<figcaption style="color:{colour}">{caption}</figcaption></figure>'
        )
    st.html(f'<div data-testid="guess-end" style="display:flex;flex-wrap:wrap;gap:1rem">{"".join(cards)}</div>')


def _picture(network: str, digit: int, side: int, alt: str) -> str:
    """The strokes on paper, with nothing in them that says what they are."""
    found = _written(network)
    drawings = [strokes(found.written, digit)] if found and found.written else []
    ink = "#" + "".join(f"{int(level):02x}" for level in INK)
    svg = base64.b64encode(to_svg(drawings, width=PEN, ink=ink).encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{svg}" width="{side}" height="{side}" alt="{html.escape(alt)}" decoding="sync" '
        f'style="display:block;background:#fffefa;outline:1px solid #bebaae">'
    )
