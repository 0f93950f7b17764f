"""Up to four runs over one another: their curves, what differs between them in words, and whether it is more than luck."""

import streamlit as st

from core.errors import DigitLabError
from core.runs.glances import Glance
from core.runs.run import Run, open_run
from core.runs.series import runs_of, scores_of
from core.scores.luck import difference
from dashboard import visitor
from dashboard.cache import Cache
from dashboard.look import charts
from dashboard.look.overlay import Curve, curve, overlay, points
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.train import compared
from dashboard.train.differences import differences

KINDS = {
    "accuracy": N_("New digits right"),
    "loss": N_("Loss while learning"),
}
HELP = N_("The share of digits kept apart that each gets right, or the error that training makes small.")
TICK = N_("Tick up to four runs in the last column, and their curves are drawn over one another here.")
NO_CURVE = N_("{title} has no curve of this kind: it kept no digits apart, or has not come so far.")
BESIDE = N_("What is otherwise in **{title}** than in **{another}**:")
ALIKE = N_("{title} and {another} have the same settings.")
ONE_SERIES = N_("{title} and {another} have the same settings but for the seed: what differs between them is luck.")
TAKE_MORE = N_(
    "One run of each does not tell whether the difference is more than luck. Repeat both with other seeds, which is offered "
    "where a run is shown."
)
WHO = N_("The first is {first}, the second is {second}.")


def show_compared(found: list[Glance], titles: dict[str, str]) -> None:
    """What is ticked, over one another; where nothing is, how it is done."""
    ticked = [glance for run_id in compared.COMPARED.get() for glance in found if glance.id == run_id]
    if not ticked:
        st.caption(say(TICK))
        return
    st.subheader(say("Side by side"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs-compare"):
        what = st.segmented_control(say("Curve"), list(KINDS), format_func=lambda kind: say(KINDS[kind]), default="accuracy",
                                    required=True, key="runs_curve", help=say(HELP), persist_state="session")  # fmt: skip
        st.button(say("Take all ticks away"), key="runs-untick", icon=":material/close:", on_click=told(compared.clear),
                  help=say("Nothing is compared any more."))  # fmt: skip
    curves = [(titles[glance.id], curve_of(open_run(glance.id))) for glance in ticked]
    kind = what or "accuracy"
    st.plotly_chart(
        overlay(curves, kind, visitor.theme()),
        config=charts.CONFIG,
        key="runs-overlay",
        alt=say("The curves of the ticked runs"),
    )
    for title in (title for title, each in curves if not len(points(each, kind)[0])):
        st.caption(say(NO_CURVE, title=title))
    lacking = [_between(ticked[0], other, titles) for other in ticked[1:]]
    if any(lacking):
        st.caption(say(TAKE_MORE))


def curve_of(run: Run) -> Curve:
    """The curve of a run; read again when it has more to show."""
    try:
        about = (run.path / "metrics.jsonl").stat()
    except OSError:
        return curve([])
    return _curves().get((run.path, about.st_size, about.st_mtime_ns), lambda: curve(run.events()[0]))


@st.cache_resource(show_spinner=False)
def _curves() -> Cache[Curve]:
    return Cache(5_000_000, lambda each: each.bytes + 1_000)


def _between(first: Glance, second: Glance, titles: dict[str, str]) -> bool:
    """What the second does otherwise than the first, and what their series say; whether there are too few runs for that."""
    title, another = titles[second.id], titles[first.id]
    try:
        said = differences(title, open_run(second.id).config(), another, open_run(first.id).config())
    except DigitLabError as error:
        st.caption(say(error.message))
        return False
    series = first.record.series, second.record.series
    if not said:
        st.markdown(say(ALIKE, title=title, another=another))
        return False
    if series[0] and series[0] == series[1]:
        st.markdown(say(ONE_SERIES, title=title, another=another))
        return False
    st.markdown(say(BESIDE, title=title, another=another) + "\n" + "\n".join(f"- {sentence}" for sentence in said))
    found = difference(*(scores_of(runs_of(name)) for name in series)) if all(series) else None
    if found is None or found.n < 2:
        return True
    st.markdown(say("{who} {found}", who=say(WHO, first=another, second=title), found=found.message))
    return False
