"""What is noticed while a network learns, in words beside its curves: at most three remarks at once, each in its place."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from core.training.remarks import Remark, remarks
from dashboard import shared
from dashboard.look.curves import Mark
from dashboard.say import say
from dashboard.train.watched import Watched
from dashboard.visitor import Key

PLACES = 3
IMPORTANCE = (  # what is wrong comes first, then what would help, then what is merely worth knowing
    "jump", "collapse", "unsettled", "one_answer", "too_slow", "first_layer", "silent", "over_fitting", "rate_changed",
    "surer_of_mistakes", "by_heart", "loss_without_accuracy", "plateau", "more_epochs", "hardest_digit", "learnt_last",
    "within_luck", "fast_start",
)  # fmt: skip


@dataclass
class Noticed:
    """What has been noticed of a run so far, for one visitor.

    Attributes
    ----------
    run_id : of the run; another one begins anew.
    epochs : how many had been looked at.
    found : each remark by its rule, as it was found last; in the order in which they came.
    places : the rules whose remarks are shown, each in its place.
    """

    run_id: str = ""
    epochs: int = 0
    found: dict[str, Remark] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def look(self, run_id: str, epochs: int, find: Callable[[], Sequence[Remark]], *, over: bool) -> None:
        """Look at what `find` finds of a run after so many epochs. What is found no more stays, until the run is `over`."""
        if run_id != self.run_id or epochs < self.epochs:
            self.run_id, self.epochs, self.found, self.places = run_id, 0, {}, []
        if epochs == self.epochs and not over:
            return
        self.epochs = epochs
        now = {remark.key: remark for remark in find()}
        self.found = (self.found | now) if not over else now
        self.places = _placed([key for key in self.places if key in self.found], list(self.found))

    @property
    def shown(self) -> list[Remark]:
        return [self.found[key] for key in self.places]

    @property
    def others(self) -> list[Remark]:
        """What there was no room for, in the order in which it happened."""
        return sorted((self.found[key] for key in self.found if key not in self.places), key=lambda each: each.epoch)


def _placed(places: list[str], found: Sequence[str]) -> list[str]:
    """The rules that are shown: those that were keep their places, but for one that is less important than a newcomer."""
    for key in sorted(set(found) - set(places), key=IMPORTANCE.index):
        if len(places) < PLACES:
            places = [*places, key]
            continue
        least = max(range(PLACES), key=lambda place: IMPORTANCE.index(places[place]))
        if IMPORTANCE.index(key) < IMPORTANCE.index(places[least]):
            places = [*places[:least], key, *places[least + 1 :]]
    return places


NOTICED: Key[Noticed] = Key("_noticed", Noticed)


def look(watched: Watched) -> Noticed:
    """What this visitor has noticed of a run by now. What is to be noticed after an epoch is worked out once for all."""
    noticed, over = NOTICED.get(), not watched.status.active and watched.moment is None

    def find() -> list[Remark]:
        return shared.caches().remarks.get(
            (watched.epochs_known, over), lambda: remarks(watched.config, list(watched.events))
        )

    noticed.look(watched.run.id, len(watched.epochs), find, over=over)
    return noticed


def marks(noticed: Noticed) -> list[Mark]:
    """The numbers on the curve."""
    return [Mark(float(remark.epoch), number) for number, remark in enumerate(noticed.shown, 1)]


def show_remarks(noticed: Noticed) -> None:
    """The sentences in their places; while there is none, what will stand there."""
    rows = [
        f'<div role="listitem"><b>{number}</b><span>{html.escape(_dated(remark))}</span></div>'
        for number, remark in enumerate(noticed.shown, 1)
    ]
    waiting = say("What is worth noticing will be said here, with its place on the curve.")
    said = f'<div role="list">{"".join(rows)}</div>' if rows else f"<p>{html.escape(waiting)}</p>"
    st.html(f'<div class="remarks">{said}</div>')


def show_others(noticed: Noticed) -> None:
    """The rest, behind "more"."""
    for remark in noticed.others:
        st.markdown(_dated(remark))


def _dated(remark: Remark) -> str:
    return say("Epoch {epoch}: {remark}", epoch=remark.epoch, remark=remark.message)
