"""What came of a run, in a sentence or two: what it reads, why it reads nothing, and what can be done next."""

import streamlit as st

from core.config import Config
from core.errors import DigitLabError
from core.models.model import Score
from core.runs.run import Run, Status
from core.runs.status import STOPPED, STOPPED_EARLY
from core.training.guessing import Cure, cure, is_guessing
from dashboard import shared, visitor, words
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.train.choices import choices
from dashboard.train.start import START, start_with

ENDS = ("finished", "stopped")
BY_YOU = {
    STOPPED.template: N_("You stopped it. What it had learned up to then is kept."),
    STOPPED_EARLY.template: N_("You stopped it before it began to learn."),
}
GUESSES = N_("{end} It only guesses: {right}. Picking an answer blindly gets about {chance:.0f} % right.")
REASONS = {
    "rate_low": N_("The likely reason: with a learning rate of {rate:g} its weights hardly moved."),
    "rate_high": N_("The likely reason: a learning rate of {rate:g} is too much. Each change threw its weights too far."),
    "pull": N_("The likely reason: an L2 penalty of {l2:g} pulls all weights to zero, and nothing that was learned stays."),
    "dropout": N_("The likely reason: a dropout of {dropout:g} silences nearly all units, and nothing gets through."),
    "raw": N_("The likely reason: with inputs from 0 to 255 the sums are so large that its units are stuck at their ends."),
    "deep": N_("The likely reason: through {layers} layers of sigmoid units next to nothing of an error comes back to "
               "the first."),
    "start": N_("The likely reason: its weights began so large that the units are stuck at their ends."),
    "short": N_("The likely reason: it changed its weights only {steps:,} times, too few to learn anything."),
}  # fmt: skip
NO_REASON = N_("The settings do not tell why. Start from a recipe, and change one thing at a time.")
CURES = {
    "rate_low": N_("Train again with a learning rate of {rate:g}"),
    "rate_high": N_("Train again with a learning rate of {rate:g}"),
    "pull": N_("Train again without the L2 penalty"),
    "dropout": N_("Train again without dropout"),
    "raw": N_("Train again with inputs from 0 to 1"),
    "deep": N_("Train again with ReLU units"),
    "start": N_("Train again from smaller weights"),
    "short": N_("Train again for {epochs:,} epochs"),
}


def show_outcome(run: Run, status: Status, config: Config, steps: int) -> None:
    """What became of a run that is over, after so many steps, and what can be done with its network."""
    if status.state not in ENDS:
        st.error(say(status.reason) if status.reason else "", icon=":material/error:")
    if not run.model_path.is_file():
        _end(status)
        return
    try:
        score = shared.card(run.id).provenance.scores.get("test")
    except DigitLabError as error:
        _end(status)
        st.error(
            say("The network of this run cannot be used. {error}", error=error.message), icon=":material/broken_image:"
        )
        return
    if score and is_guessing(score, config.network.outputs):
        _say_it_guesses(status, score, config, steps)
        return
    _end(status, say("On test digits it had never seen: {score}.", score=words.right_of(score)) if score else "")
    in_use = visitor.model_in_use() == run.id
    st.button(say("In use on every page") if in_use else say("Use this network on every page"),
              help=say("Read, run backwards and look for mistakes with this network, until you choose another one."),
              key="use-model",
              icon=":material/check:" if in_use else ":material/swap_horiz:", disabled=in_use,
              on_click=told(visitor.use_model), args=(run.id,))  # fmt: skip


def _end(status: Status, score: str = "") -> None:
    """That it is over, and how well it reads; of a run that failed or died the status has said it."""
    if status.state == "finished":
        kept = say(status.reason) if status.reason else ""  # which weights, where training ended early
        st.success(_sentences(say("Finished."), kept, score), icon=":material/check:")
    elif status.state == "stopped":
        st.info(_sentences(_stopped(status), score), icon=":material/stop:")


def _stopped(status: Status) -> str:
    """That it was stopped; by this visitor only where visitors are told apart, and the run knows who it was."""
    reason = status.reason
    if reason and status.by == visitor.owner() != visitor.LOCAL:
        return say(BY_YOU.get(reason.template, reason))
    return say(reason) if reason else ""


def _sentences(*sentences: str) -> str:
    """Whole sentences, one after the other; some may be empty."""
    return " ".join(filter(None, sentences))


def _say_it_guesses(status: Status, score: Score, config: Config, steps: int) -> None:
    """A run whose network reads no better than chance: why that is likely so, and a button that mends it."""
    found = cure(config, steps)
    st.warning(_sentences(guesses(score, config, status), reason(found, config, steps)), icon=":material/casino:")
    if found and config.training.dataset in choices():
        st.button(offer(found),
                  help=say("Put the changed setting into the form, and begin a new training with it."),
                  key="cure", icon=":material/healing:", on_click=told(start_with, START, once=True),
                  args=(found.config,))  # fmt: skip


def guesses(score: Score, config: Config, status: Status) -> str:
    end = say("It was stopped.") if status.state == "stopped" else say("Finished.")
    return say(GUESSES, end=end, right=words.right_of(score), chance=100 / config.network.outputs)


def reason(found: Cure | None, config: Config, steps: int) -> str:
    if found is None:
        return say(NO_REASON)
    return say(
        REASONS[found.reason], rate=config.training.learning_rate, l2=config.training.l2, dropout=config.network.dropout,
        layers=len(config.network.hidden), steps=steps,
    )  # fmt: skip


def offer(found: Cure) -> str:
    return say(CURES[found.reason], rate=found.config.training.learning_rate, epochs=found.config.training.epochs)
